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
	ElementKind
	MutabilityByte
	LimitsFlag
	CustomOrder
	DataKind

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
	DataCountValue
	StartType
	LoopResults
	MutableOffset
	TailResults
	SelectArity
	BrTableArity
	ElseReached
	CopyTypes
	SegmentTable
	OwnGlobal

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
	TableValues
	BranchValues
	SettleOne
	WrapSum
	StubKept
	SelectWide
	StepOperand

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
	ExtendedMul
	CeilSign
	TruncNegative

	// SIMD
	ShuffleLast
	SwizzleWrap
	NarrowNegative
	FixedPoint
	PminNaN
	SaturateLow
	ReplaceLane
	StoreLane
	DotLeast

	// memory
	MemoryEdge
	MoveResume
	CopyParts
	FillNothing
	GrowMaximum
	DataDrop
	ActiveKept
	BackedBlock
	ResetTail
	InitOffset

	// tables
	TableGrowValue
	TableView
	TableCopyForward
	ElemDrop
	TableFillEdge
	TableMaximum
	TableCopyOther
	InitEnd
	ResetElements
	DeclarativeKept

	// calls
	CallSignature
	TypeResults
	LocalsKept
	StackMoved
	CallerMemory
	TailDepth
	TypeMany
	DepthEdge
	CallerPlace

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
	DirentCut
	IovecFourth
	IovecCount
	IovecEmpty
	FailureStored

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
	TimesBoth
	TimesNow
	TimesFollow
	RmdirDot
	DirectoryLost
	ErrnoLoop

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
	RenumberFlags
	SizeMoves
	AllocateNothing
	ParentInode
	CookieNarrow
	PreadNarrow
	TellNarrow
	RenumberPreopen
	NumberLost

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
	RenumberRights
	AcceptRights

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
	AcceptFlags
	TaggedFamily
	TruncatedFlag
	WaitAll
	PrefixBytes
	OptionSize
	TimeoutMicros
	AddressType
	AddrinfoMore
	AddrinfoPort
	BindFailed

	// quota
	QuotaEdge
	RefundLost
	PwriteFree
	SymlinkFree
	DatagramCut
	SleepFree
	LinkFree
	StderrCounted
	OutputMoved
	SizeUnit

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
	ClockProcess
	PollOne
	ExitByte
	PollClock
	PollUnknown
	RaiseStatus

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
	MovedUnseen
	MonitorListen
	MonitorInherit
	ProtectEdge

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
	ResetStart

	// trace
	TraceArgument
	TraceErrno
	TraceResult
	TraceMissing

	end
)
