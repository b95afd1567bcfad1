package trace

import "strings"

// step reads the line of an instruction.
func (p *parser) step() *Step {
	s := &Step{Number: p.number(10, 64)}
	p.want(" func ")
	s.Func = uint32(p.number(10, 32))
	if p.take(` "`) {
		p.at--
		s.Name, s.Cut.Name = p.quoted()
	}
	p.want(" 0x")
	s.Offset = int(p.number(16, 62))
	p.want(": ")
	if p.msg != "" {
		return s
	}
	start := p.at
	instr, operands, results := split(p.tokens())
	if s.Instr = instr; len(instr) > maxText { // it was cut, perhaps in the middle of a name
		p.at += maxText
		s.Instr, s.Cut.Instr = p.line[start:p.at], p.more()
		if operands, results = nil, nil; p.take(" ") {
			instr, operands, results = split(p.tokens())
			if p.at--; instr != "" {
				p.fail("want operands")
			}
		}
	} else {
		p.at += len(instr)
	}
	s.Operands, s.Cut.Operands = p.values(operands)
	if results != nil {
		p.want(" ->")
		s.Results, s.Cut.Results = p.values(results)
	}
	return s
}

// split divides tokens into the instruction, its operands and its results.
func split(tokens []string) (instr string, operands, results []string) {
	operands, arrow := suffix(tokens)
	n := len(tokens) - len(operands)
	if arrow && len(operands) > 0 {
		results = operands
		operands, _ = suffix(tokens[:n-1])
		n -= 1 + len(operands)
	}
	return strings.Join(tokens[:n], " "), operands, results
}

// tokens returns the tokens of the rest of the line, without taking them.
func (p *parser) tokens() (list []string) {
	q := *p
	for {
		list = append(list, q.token())
		if q.at == len(q.line) {
			return list
		}
		q.at++ // the space
	}
}

// suffix returns the values at the end of tokens, with what says that there are more, and whether an arrow is before them. They are told
// from the immediates of an instruction by their names, which are those of types and end in a digit or in ref.
func suffix(tokens []string) (values []string, arrow bool) {
	n := len(tokens)
	if n > maxFields && strings.HasPrefix(tokens[n-1], "...+") {
		n--
	}
	for n > 0 && isType(nameOf(tokens[n-1])) {
		n--
	}
	if n == len(tokens)-1 && strings.HasPrefix(tokens[n], "...+") {
		n++ // nothing before it
	}
	return tokens[n:], n > 0 && tokens[n-1] == "->"
}

func isType(name string) bool {
	if name == "" {
		return false
	}
	last := name[len(name)-1]
	return last >= '0' && last <= '9' || strings.HasSuffix(name, "ref")
}

// values takes the values that tokens are.
func (p *parser) values(tokens []string) (list []Field, more int) {
	for _, t := range tokens {
		p.want(" ")
		if strings.HasPrefix(t, "...+") {
			return list, p.more()
		}
		list = append(list, p.field())
	}
	return list, 0
}
