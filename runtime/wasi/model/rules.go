package model

import (
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// rule is what is known of one hostcall.
type rule struct {
	// may notes the conditions under which the call may or must fail, besides those that follow from the kinds of its parameters.
	may func(*step)
	// done compares the results of a call that succeeded with the state, and makes the state what the call leaves.
	done func(*step)
	// exit returns the status that the call ends the guest with, if it does.
	exit func(*step) (uint32, bool)
	// spends are the resources that the call uses up.
	spends []policy.Resource
	// sparse says that implementations may lack the call.
	sparse bool

	params []param // derived from the row
}

// rules has one row for each hostcall, by its name: the shapes of one name differ in where the arguments stand alone.
var rules = map[string]*rule{
	"args_get":       {done: argsGet},
	"args_sizes_get": {done: argsSizesGet},
	"clock_res_get":  {may: mayClock, done: clockResGet},
	"clock_time_get": {may: mayClock, done: clockTimeGet},
	"environ_get":    {done: environGet}, "environ_sizes_get": {done: environSizesGet},

	"fd_advise":             {may: mayAdvise},
	"fd_allocate":           {may: mayAllocate, done: allocate, sparse: true},
	"fd_close":              {may: mayClose, done: closed},
	"fd_datasync":           {may: maySync},
	"fd_fdstat_get":         {done: fdstatGet},
	"fd_fdstat_set_flags":   {may: maySetFlags, done: setFlags, sparse: true},
	"fd_fdstat_set_rights":  {may: maySetRights, done: setRights, sparse: true},
	"fd_filestat_get":       {done: fdFilestatGet},
	"fd_filestat_set_size":  {may: maySetSize, done: setSize},
	"fd_filestat_set_times": {may: maySetTimes, done: fdSetTimes},
	"fd_pread":              {may: mayReadAt, done: pread},
	"fd_prestat_dir_name":   {may: mayDirName, done: dirName},
	"fd_prestat_get":        {may: mayPrestat, done: prestat},
	"fd_pwrite":             {may: mayWriteAt, done: pwrite, spends: []policy.Resource{policy.Written, policy.Stdout, policy.Stderr}},
	"fd_read":               {may: mayRead, done: read},
	"fd_readdir":            {may: mayReaddir, done: readdir},
	"fd_renumber":           {may: mayRenumber, done: renumber},
	"fd_seek":               {may: maySeek, done: seek},
	"fd_sync":               {may: maySync},
	"fd_tell":               {may: mayTell, done: tell},
	"fd_write":              {may: mayWrite, done: write, spends: []policy.Resource{policy.Written, policy.Stdout, policy.Stderr}},

	"path_create_directory":   {may: mayMkdir, done: mkdir, spends: []policy.Resource{policy.Files}},
	"path_filestat_get":       {may: mayStat, done: pathFilestatGet},
	"path_filestat_set_times": {may: mayPathSetTimes, done: pathSetTimes},
	"path_link":               {may: mayLink, done: link, spends: []policy.Resource{policy.Files}},
	"path_open":               {may: mayOpen, done: open, spends: []policy.Resource{policy.Files, policy.FDs}},
	"path_readlink":           {may: mayReadlink, done: readlink},
	"path_remove_directory":   {may: mayRmdir, done: rmdir},
	"path_rename":             {may: mayRename, done: rename},
	"path_symlink":            {may: maySymlink, done: makeLink, spends: []policy.Resource{policy.Files}},
	"path_unlink_file":        {may: mayUnlink, done: unlink},

	"poll_oneoff": {may: mayPoll, done: poll, spends: []policy.Resource{policy.SleepTime}},
	"proc_exit":   {may: func(s *step) { s.fails(exits) }, exit: exitStatus},
	"proc_raise":  {may: mayRaise, exit: raiseStatus, sparse: true},
	"random_get":  {may: func(s *step) { s.mayIf(s.m.cfg.RandomEnds, noRandom) }, done: random},
	"sched_yield": {},

	"sock_accept":       {may: mayAccept, done: accept, spends: []policy.Resource{policy.Sockets, policy.FDs}, sparse: true},
	"sock_bind":         {may: mayBind, done: bind, sparse: true},
	"sock_connect":      {may: mayConnect, done: connect, sparse: true},
	"sock_getaddrinfo":  {may: mayResolve, done: resolved, sparse: true},
	"sock_getlocaladdr": {may: mayAskSocket, done: address, sparse: true},
	"sock_getpeeraddr":  {may: mayAskPeer, done: address, sparse: true},
	"sock_getsockopt":   {may: mayAskSocket, done: option, sparse: true},
	"sock_listen":       {may: mayListen, done: listen, sparse: true},
	"sock_open":         {may: mayOpenSocket, done: openSocket, spends: []policy.Resource{policy.Sockets, policy.FDs}, sparse: true},
	"sock_recv":         {may: mayReceive, done: received, sparse: true},
	"sock_recv_from":    {may: mayReceive, done: received, sparse: true},
	"sock_send":         {may: maySend, done: sent, spends: []policy.Resource{policy.Written}, sparse: true},
	"sock_send_to":      {may: maySend, done: sent, spends: []policy.Resource{policy.Written}, sparse: true},
	"sock_setsockopt":   {may: mayAskSocket, done: setOption, sparse: true},
	"sock_shutdown":     {may: mayShutdown, sparse: true},
}

// how is a way to read an argument.
type how uint8

const (
	byValue how = iota
	byFD
	byText
	byIovecs
	byBuffer
	byArray
	byPointer
	byIndirect
)

// param is one parameter, as it is to be read.
type param struct {
	kind   *wasi.Kind
	how    how
	slot   int // of its first core argument
	count  int // slot of the number of elements
	size   uint64
	rights wasi.Rights
}

// byRow has the rule of each row of the table, with its parameters.
var byRow map[*wasi.Hostcall]*rule

func init() {
	byRow = map[*wasi.Hostcall]*rule{}
	for row := range wasi.Hostcalls() {
		r, ok := rules[row.Name]
		if !ok {
			continue // a test says so
		}
		own := *r
		own.params = paramsOf(row)
		byRow[row] = &own
	}
}

// ruleOf returns the rule of a row.
func ruleOf(row *wasi.Hostcall) *rule { return byRow[row] }

// paramsOf returns the parameters of a row, those first that others are judged by.
func paramsOf(row *wasi.Hostcall) (list []param) {
	slots, slot := map[string]int{}, 0
	for _, p := range row.Params {
		slots[p.Name] = slot
		slot += len(p.Kind.Core)
	}
	for _, p := range row.Params {
		k := p.Kind
		one := param{kind: k, slot: slots[p.Name], count: slots[p.Count], size: k.Size(), rights: p.Rights}
		switch {
		case k.IsFD():
			one.how = byFD
		case k.IsText():
			one.how = byText
		case k.IsIovecs():
			one.how = byIovecs
		case k.IsArray():
			one.how = byArray
		case k.IsAddress(), k.IsOption(), k.IsList():
			one.how = byIndirect
		case k.IsBuffer():
			one.how = byBuffer
		case k.Writes(), k.Reads():
			one.how = byPointer
		}
		list = append(list, one)
	}
	return list
}

// slotOf returns the slot of the parameter of a kind; -1 if there is none.
func (s *step) slotOf(k *wasi.Kind) int {
	for i := range byRow[s.o.Row].params {
		if p := &byRow[s.o.Row].params[i]; p.kind == k {
			return p.slot
		}
	}
	return -1
}
