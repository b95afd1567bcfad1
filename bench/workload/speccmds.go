package workload

import (
	"errors"
	"fmt"
	"strings"
)

// specCommand is a line of SPEC's files speccmds.cmd and compare.cmd: a command with the files of its streams.
type specCommand struct {
	stdin, stdout, stderr string
	words                 []string // the command and its arguments
}

// parseSpecCommands reads the commands of such a file. A line is options, of which -i, -o and -e name the files of streams, and a command.
// Lines with options that set something for those that follow (-C the directory, -S, -b, -E) and comments are no commands; in files of
// CPU2017 redirections as in a shell stand at the end, too, which say the same again.
func parseSpecCommands(text string) (list []specCommand, err error) {
	for number, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) > 0 && words[0] == "__END__" {
			break
		}
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		c, err := parseSpecCommand(words)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number+1, err)
		}
		if c != nil {
			list = append(list, *c)
		}
	}
	if list == nil {
		return nil, errors.New("there are no commands")
	}
	return list, nil
}

// parseSpecCommand returns the command of a line, or nil if there is none.
func parseSpecCommand(words []string) (*specCommand, error) {
	c := new(specCommand)
	takes := map[string]*string{"-i": &c.stdin, "-o": &c.stdout, "-e": &c.stderr, "-c": new(string), "-N": new(string)}
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		option := words[0]
		words = words[1:]
		switch {
		case strings.HasPrefix(option, "-C"), strings.HasPrefix(option, "-S"), strings.HasPrefix(option, "-E"), strings.HasPrefix(option, "-b"),
			strings.HasPrefix(option, "-r"):
			return nil, nil
		case option == "-k":
		case takes[option] != nil:
			if len(words) == 0 {
				return nil, fmt.Errorf("option %s has no value", option)
			}
			*takes[option], words = words[0], words[1:]
		default:
			return nil, fmt.Errorf("unknown option %s", option)
		}
	}
	for i := 0; i < len(words); i++ {
		into := map[string]*string{"<": &c.stdin, ">": &c.stdout, "2>": &c.stderr, "2>>": &c.stderr, ">>": &c.stdout}[words[i]]
		if into == nil {
			c.words = append(c.words, words[i])
			continue
		}
		if i++; i == len(words) {
			return nil, errors.New("a redirection to nowhere")
		}
		*into = words[i]
	}
	if c.words == nil {
		return nil, nil
	}
	return c, nil
}
