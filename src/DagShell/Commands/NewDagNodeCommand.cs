using System.Collections;
using System.Management.Automation;
using DagShell.Capture;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Nodes;
using DagShell.Parameters;
using DagShell.Runspaces;
using DagShell.Scripts;

namespace DagShell.Commands;

/// <summary>Makes a node of a dag.</summary>
[Cmdlet(VerbsCommon.New, "DagNode", DefaultParameterSetName = ScriptBlockSet)]
[OutputType(typeof(DagNode))]
public sealed class NewDagNodeCommand : DagCommand
{
    private const string ScriptBlockSet = "ScriptBlock";
    private const string DagSet = "Dag";

    /// <summary>What is for a script, and so for the nodes of a dag and not for the one that stands for it.</summary>
    private static readonly string[] OfScripts =
    [
        nameof(RetryCount), nameof(RetryDelay), nameof(RetryBackoff), nameof(RetryMaxDelay), nameof(RetryJitter), nameof(RetryIf),
        nameof(Timeout), nameof(InputPath), nameof(OutputPath),
    ];

    /// <summary>The node's name.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The node's name, unique in its dag.")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>What the node does.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ScriptBlockSet, HelpMessage = "What the node does.")]
    [ValidateNotNull]
    public ScriptBlock ScriptBlock { get; set; } = DagNode.NoScript;

    /// <summary>
    /// The dag that the node stands for: as such, as nodes, as a script block that gives them, or as the path of a dag file.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = DagSet,
        HelpMessage = "The dag that the node stands for: a dag, nodes, a script block that gives them, or the path of a dag file.")]
    [ValidateNotNull]
    public object Dag { get; set; } = null!;

    /// <summary>The nodes that must be done before this one starts, by name or as node objects.</summary>
    [Parameter(HelpMessage = "The nodes that must be done before this one starts.")]
    [NodeNames]
    [AllowNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [SupportsWildcards]
    public string[] DependsOn { get; set; } = [];

    /// <summary>The nodes that this one cleans up after.</summary>
    [Parameter(
        HelpMessage = "The nodes that this one cleans up after: it runs once they and all that depends on them have ended, whichever way.")]
    [NodeNames]
    [AllowNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [SupportsWildcards]
    public string[] CleanUpOf { get; set; } = [];

    /// <summary>The node that this one stands for if that fails.</summary>
    [Parameter(HelpMessage = "The node that this one stands for: it runs if that one fails, and dependents then get its output.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string? FallbackFor { get; set; }

    /// <summary>The items that the script is run for.</summary>
    [Parameter(HelpMessage = "The items to run the script for, each as $_: values, or a script block that gives them at its turn.")]
    [Items]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? ForEach { get; set; }

    /// <summary>What the node reads.</summary>
    [Parameter(HelpMessage = "What the node reads: paths, patterns (** for any folders), or script blocks that give them.")]
    [Paths]
    [AllowNull]
    [AllowEmptyCollection]
    [SupportsWildcards]
    public object[] InputPath { get; set; } = [];

    /// <summary>What the node writes: where that is there, and not older than what it reads, the node is not run.</summary>
    [Parameter(HelpMessage = "What the node writes: where all is there, and none is older than any input, the node is not run.")]
    [Paths]
    [AllowNull]
    [AllowEmptyCollection]
    [SupportsWildcards]
    public object[] OutputPath { get; set; } = [];

    /// <summary>A condition, asked once before the first attempt: if it is false the node is skipped.</summary>
    [Parameter(HelpMessage = "A condition: if it is false the node is skipped.")]
    public ScriptBlock? When { get; set; }

    /// <summary>What must hold before each attempt; if it does not the node fails.</summary>
    [Parameter(HelpMessage = "What must hold before each attempt; if it does not the node fails.")]
    [ValidateNotNull]
    public ScriptBlock[] Precondition { get; set; } = [];

    /// <summary>How long preconditions that do not hold are polled.</summary>
    [Parameter(HelpMessage = "How long preconditions that do not hold are polled, such as 30s or 5m.")]
    [Duration]
    public TimeSpan PreconditionTimeout { get; set; }

    /// <summary>How long to wait between two polls of preconditions that do not hold.</summary>
    [Parameter(HelpMessage = "How long to wait between two polls of preconditions that do not hold, 1s if it is not given.")]
    [Duration]
    public TimeSpan PreconditionInterval { get; set; } = RunTimes.PollInterval;

    /// <summary>How often a failed attempt is repeated.</summary>
    [Parameter(HelpMessage = "How often a failed attempt is repeated.")]
    [ValidateRange(0, int.MaxValue - 1)]
    public int RetryCount { get; set; }

    /// <summary>How long to wait before the first retry: a duration, or a script block that gives it, with the error as $_.</summary>
    [Parameter(HelpMessage = "How long to wait before the first retry, such as 500ms or 2s, or a script block that gives it, "
        + "with the error as $_; at most a day.")]
    [DurationOrScript]
    public object RetryDelay { get; set; } = TimeSpan.Zero;

    /// <summary>How the delay grows from retry to retry.</summary>
    [Parameter(HelpMessage = "How the delay grows from retry to retry.")]
    public RetryBackoff RetryBackoff { get; set; } = RetryBackoff.Constant;

    /// <summary>The longest delay between two attempts.</summary>
    [Parameter(HelpMessage = "The longest delay between two attempts, whatever the backoff; at most a day.")]
    [Duration]
    public TimeSpan RetryMaxDelay { get; set; }

    /// <summary>Spreads the delays at random.</summary>
    [Parameter(HelpMessage = "Spreads the delays at random, so that nodes that failed together do not come back together.")]
    public SwitchParameter RetryJitter { get; set; }

    /// <summary>Asked after a failed attempt with the error as $_: whether a retry makes sense.</summary>
    [Parameter(HelpMessage = "Asked after a failed attempt, with the error as $_: whether a retry makes sense.")]
    public ScriptBlock? RetryIf { get; set; }

    /// <summary>How long one attempt may take.</summary>
    [Parameter(HelpMessage = "How long one attempt may take, preconditions included.")]
    [Duration]
    public TimeSpan Timeout { get; set; }

    /// <summary>If the node fails, its dependents and the run go on as if it had not.</summary>
    [Parameter(HelpMessage = "If the node fails, its dependents and the run go on as if it had not.")]
    public SwitchParameter ContinueOnError { get; set; }

    /// <summary>Which final states of the dependencies let the node run.</summary>
    [Parameter(HelpMessage = "Which final states of the dependencies let the node run.")]
    public TriggerRule TriggerRule { get; set; } = TriggerRule.AllSucceeded;

    /// <summary>The pool whose limit the node counts against.</summary>
    [Parameter(HelpMessage = "The pool whose limit the node counts against.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PoolNameCompleter))]
    public string? Pool { get; set; }

    /// <summary>Of several ready nodes the one with the highest priority starts first.</summary>
    [Parameter(HelpMessage = "Of several ready nodes the one with the highest priority starts first.")]
    public int Priority { get; set; }

    /// <summary>How long the node is expected to run; lets the longest path start first.</summary>
    [Parameter(HelpMessage = "How long the node is expected to run; lets the longest path start first.")]
    [Duration]
    public TimeSpan EstimatedDuration { get; set; }

    /// <summary>What the node is for.</summary>
    [Parameter(HelpMessage = "What the node is for.")]
    public string? Description { get; set; }

    private protected override void End()
    {
        if (!Node.IsValidName(Name))
        {
            throw Refusal(Messages.BadNodeName(Name), "InvalidNodeName", Name);
        }

        TimeSpan retryDelay = RetryDelay as TimeSpan? ?? TimeSpan.Zero;
        RefuseOver(RetryPolicy.LongestDelay, retryDelay, nameof(RetryDelay));
        RefuseOver(RetryPolicy.LongestDelay, RetryMaxDelay, nameof(RetryMaxDelay));
        RefuseOver(LongestTimer, Timeout, nameof(Timeout));
        RefuseOver(LongestTimer, PreconditionTimeout, nameof(PreconditionTimeout));
        RefuseOver(LongestTimer, PreconditionInterval, nameof(PreconditionInterval));
        if (WasGiven(nameof(Timeout)) && Timeout == TimeSpan.Zero)
        {
            throw Refusal(Messages.ZeroTimeout(Name), "InvalidTimeout", Timeout);
        }

        if (PreconditionInterval == TimeSpan.Zero)
        {
            throw Refusal(Messages.ZeroInterval(Name), "InvalidInterval", PreconditionInterval);
        }

        if (InputPath.Length > 0 && !WasGiven(nameof(OutputPath)))
        {
            throw Refusal(Messages.InputWithoutOutput(Name), "InvalidParameters", Name);
        }

        if (CleanUpOf.Length > 0 && FallbackFor is not null)
        {
            throw Refusal(Messages.CleanUpIsNoFallback(Name), "InvalidParameters", Name);
        }

        if (CleanUpOf.Length > 0 && WasGiven(nameof(TriggerRule)) && TriggerRule != TriggerRule.AllDone)
        {
            throw Refusal(Messages.CleanUpHasNoRule(Name), "InvalidParameters", Name);
        }

        foreach (string parameter in ParameterSetName == DagSet ? OfScripts : [])
        {
            if (WasGiven(parameter))
            {
                throw Refusal(Messages.DagIsNoScript(Name, parameter), "InvalidParameters", Name);
            }
        }

        bool isMapped = WasGiven(nameof(ForEach));
        object? dag = ParameterSetName == DagSet ? DagSource.Find(Dag, SessionState) : null;
        bool isLate = dag is not null
            && (DagNode.ItemScriptOf(ForEach) is not null || (dag is ScriptBlock block && UpstreamUse.IsInDag(block.Ast)));
        var rules = new Node(Name)
        {
            IsDag = ParameterSetName == DagSet,
            ExpandsAtTurn = isLate,
            OpensAtOnce = !isLate && When is null && (isMapped || Precondition.Length == 0),
            DependsOn = DependsOn,
            CleanUpOf = CleanUpOf,
            FallbackFor = FallbackFor,
            IsMapped = isMapped,
            PreconditionTimeout = Given(PreconditionTimeout, nameof(PreconditionTimeout)),
            PreconditionInterval = Given(PreconditionInterval, nameof(PreconditionInterval)),
            Retry = RetryCount == 0 ? null : new RetryPolicy
            {
                Count = RetryCount,
                Delay = retryDelay,
                Backoff = RetryBackoff,
                MaxDelay = Given(RetryMaxDelay, nameof(RetryMaxDelay)),
                Jitter = RetryJitter,
            },
            DecidesOnRetry = RetryIf is not null || RetryDelay is ScriptBlock,
            Timeout = Given(Timeout, nameof(Timeout)),
            ContinueOnError = ContinueOnError,
            TriggerRule = TriggerRule,
            Pool = Pool,
            Priority = Priority,
            EstimatedDuration = Given(EstimatedDuration, nameof(EstimatedDuration)),
            Description = Description,
        };
        object?[]? items = isMapped ? ForEach ?? [] : null;
        var node = new DagNode(rules, ScriptBlock, dag is null || isMapped || isLate ? dag : DagSource.Run(dag, this), items)
        {
            When = When,
            InputPath = InputPath,
            OutputPath = OutputPath,
            Precondition = Precondition,
            RetryIf = RetryIf,
            RetryDelay = RetryDelay as ScriptBlock,
        };
        if (dag is not null && items is not null && !isLate)
        {
            node.SetDags([.. items.Select(item => DagSource.Run(dag, item, this))]);
        }

        node.UsingValues = UsingValues(node);
        node.Surroundings = Surroundings.Of(node.Scripts().Select(item => item.Script), InvokeCommand);
        WriteObject(node);
    }

    /// <summary>What .NET's timers can wait: a little less than 50 days.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private bool WasGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private TimeSpan? Given(TimeSpan value, string parameter) => WasGiven(parameter) ? value : null;

    private Hashtable? UsingValues(DagNode node)
    {
        try
        {
            UsingReader values = new(SessionState, InvokeCommand, NodeInvoker.UsingValuesOfDag);
            foreach ((_, ScriptBlock script) in node.Scripts())
            {
                if (script != node.ScriptOfDag)
                {
                    values.Add(script);
                }
                else if (node.InnerDag is ScriptBlock)
                {
                    values.AddOfDag(script);
                }
            }

            return values.Table;
        }
        catch (ItemNotFoundException exception)
        {
            throw new CommandErrorException(exception, "UsingVariableIsUndefined", ErrorCategory.ObjectNotFound, Name);
        }
    }

    private static void RefuseOver(TimeSpan longest, TimeSpan value, string parameter)
    {
        if (value > longest)
        {
            throw Refusal(Messages.DurationTooLong(parameter, value, longest), "InvalidDuration", value);
        }
    }

    private static CommandErrorException Refusal(string message, string errorId, object target) =>
        new(new PSArgumentException(message), errorId, ErrorCategory.InvalidArgument, target);
}
