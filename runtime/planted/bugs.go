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
	InitOffset

	// tables
	TableGrowValue
	TableView
	TableCopyForward
	ElemDrop
	TableFillEdge
	TableMaximum
	TableCopyOther

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
	DirentCut
	IovecFourth

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

	// quota
	QuotaEdge
	RefundLost
	PwriteFree
	SymlinkFree
	DatagramCut
	SleepFree

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
