package planted

// The bugs, area after area.
const (
	None Bug = iota

	// decoder
	LEBUnused
	LEBSign
	ShortI64
	SectionTwice
	SectionRest
	NameUTF8
	DataCountMissing

	// validator
	Alignment
	LocalIndex
	MissingElse
	BrTableLabels
	SelectReferences
	ImmutableGlobal
	UndeclaredFunction
	CallExtern
	UnreachableRest
	ExportTwice

	// lowering
	StaleLocal
	LoopLocal
	FloatOpposite
	MirrorEqual
	SubConstant
	StepExtend
	WrapLost
	PairOrder
	TrapPlace
	AddressWrap
	BrTableDefault
	CanonDemote

	// numeric
	DivideOverflow
	RemainderOverflow
	MinZero
	MaxNaN
	NearestTies
	TruncateEdge
	SaturateUnsigned
	ConvertTwice
	LeadingZeros
	ExtendedOrder

	// SIMD
	ShuffleLast
	SwizzleWrap
	NarrowNegative
	FixedPoint
	PminNaN
	SaturateLow
	ReplaceLane
	StoreLane

	// memory
	MemoryEdge
	CopyParts
	FillNothing
	GrowMaximum
	DataDrop
	ActiveKept
	BackedBlock
	ResetTail

	// tables
	TableGrowValue
	TableView
	TableCopyForward
	ElemDrop
	TableFillEdge
	TableMaximum

	// calls
	CallSignature
	TypeResults
	LocalsKept
	StackMoved
	CallerMemory
	TailDepth
	TypeMany

	// hostcall memory
	IovecLast
	IovecWrap
	PrestatUnseen
	ReadlinkLength
	RandomTail
	FdstatPadding
	MemoryBounds
	MemoryProtect
	IovecBuffers
	IovecWrites
	ResultPointer
	BufferLength
	PrestatLength
	StreamLength
	EnvSize
	ArgOrder

	// path
	PathCleaned
	TrailingSlash
	FollowAlways
	ExclusiveLost
	RenameUnchecked
	LinkFollow
	StatFollow
	TimesSwapped
	PathEmpty
	PathLength
	PathUTF8
	PathNUL
	PathAbsolute
	LinkTarget
	LinkShown
	Devices
	KernelBeneath
	WalkUp
	WalkLink
	WalkNoFollow

	// fd
	RenumberLeak
	CloseLeak
	PreadMoves
	PwriteOffset
	AppendKept
	AppendLost
	SeekNegative
	ReaddirCookie
	ReaddirRewind
	FilestatSize
	FDForget
	FDFree
	FDLimit
	RenumberClose
	RenumberOpen
	PrestatSize
	DirentType
	DirentNext
	FilestatTimes
	FilestatInode
	SizeShrinks
	RenumberSame
	WriteOrder
	FlagsForgotten

	// rights
	InheritAll
	RightsKept
	RightsUnseen
	FrozenWritable
	TruncateRight
	FDRights
	FDRightsOther
	PollRights
	SetRights
	OpenRights
	OpenInherit
	GrantInherit
	ReadOnly
	LimitUnseen

	// network
	PortRange
	MappedAddress
	AcceptPeer
	SendUnchecked
	ConnectUnseen
	ListenUnbound
	BindAgain
	PeekTakes
	ShutdownBoth
	PeerPort
	SenderPort
	ListenerFrom

	// quota
	QuotaEdge
	RefundLost
	PwriteFree
	SymlinkFree

	// poll
	PollCount
	PollAbsolute
	PollUserdata
	PollForever
	PollBytes
	ClockResolution
	ClockSwapped
	PollType
	PollBad

	// monitor
	MonitorHosts
	MonitorMove
	MonitorOffset
	MonitorOpen
	MonitorRefund
	AccessWider
	UnlinkUntold
	ReadUntold
	TimesUntold

	// linking
	LimitsMaximum
	LimitsDeclared
	GlobalMutable
	ElemType
	ImportResults
	OverloadFirst
	StartEarly
	DataFirst
	ResetGlobals
	GlobalCopied
	MemoryStale
	FuelFresh
	FuelSlice
	FuelOwed
	CancelIgnored
	DepthFresh
	CallerFirst
	PanicKept
	NameIndex
	HalfVector

	// trace
	TraceArgument
	TraceErrno
	TraceResult
	TraceMissing

	end
)
