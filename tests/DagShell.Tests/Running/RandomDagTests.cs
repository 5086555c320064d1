namespace DagShell.Tests.Running;

/// <summary>Dags at random, whose nodes do all that nodes can do, end as a slow and simple reading of the rules says.</summary>
public sealed class RandomDagTests : ShellTests
{
    private const string Build = """
        $scripts = @{
            Plain     = { $DagNode.Name; foreach ($name in $Upstream.Keys) { $Upstream[$name] } }
            Bound     = { param($Unused) $DagNode.Name; foreach ($name in $Upstream.Keys) { $Upstream[$name] } }
            Fed       = { begin { $DagNode.Name } process { $_ } }
            ExitZero  = { $DagNode.Name; foreach ($name in $Upstream.Keys) { $Upstream[$name] }; exit 0 }
            Retried   = { if ($DagNode.Attempt -eq 1) { 'half'; throw 'again' } $DagNode.Name; foreach ($name in $Upstream.Keys) { $Upstream[$name] } }
            Messy     = { $global:left = 1; function global:Get-Left { }; $ErrorActionPreference = 'Ignore'; 1 / 0; $DagNode.Name; foreach ($name in $Upstream.Keys) { $Upstream[$name] } }
            Throw     = { 'half'; throw 'x' }
            ExitThree = { 'half'; exit 3 }
            Break     = { 'half'; break }
            Condition = { 'never' }
        }
        $nodes = foreach ($spec in $specs) {
            $parameters = @{ DependsOn = $spec.DependsOn; TriggerRule = $spec.Rule; ContinueOnError = $spec.Tolerated }
            if ($spec.Kind -eq 'Retried') { $parameters.RetryCount = 1 }
            if ($spec.Kind -eq 'Condition') { $parameters.When = { $false } }
            New-DagNode $spec.Name $scripts[$spec.Kind] @parameters
        }
        $nodes | Invoke-Dag -ThrottleLimit $limit -ErrorAction Ignore
        """;

    private static readonly string[] Good = ["Plain", "Bound", "Fed", "ExitZero", "Retried", "Messy"];

    private static readonly string[] Kinds = [.. Good, .. Good, "Throw", "ExitThree", "Break", "Condition"];

    private static readonly string[] Rules =
    [
        "AllSucceeded", "AllSucceeded", "AllDone", "AnySucceeded", "AnyFailed", "NoneFailed", "NoneFailedAnySucceeded",
    ];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 6)]
    [InlineData(4, 16)]
    public void Every_node_ends_as_the_rules_say_with_its_own_output(int seed, int limit)
    {
        Random random = new(seed);
        List<Spec> specs = [];
        Dictionary<string, Ending> expected = [];
        for (int i = 0; i < 120; i++)
        {
            string[] dependencies = [.. Enumerable.Range(0, Math.Min(i, random.Next(4))).Select(_ => $"N{random.Next(i)}").Distinct()];
            Spec spec = new($"N{i}", Kinds[random.Next(Kinds.Length)], dependencies, Rules[random.Next(Rules.Length)], random.Next(5) == 0);
            bool isOpen = spec.Rule is "AnyFailed" or "NoneFailed" or "NoneFailedAnySucceeded"
                && dependencies.Any(name => expected[name].IsOpen);
            specs.Add(isOpen ? spec with { Rule = "AllDone" } : spec);
            expected.Add(spec.Name, Expected(specs[^1], expected));
        }

        ShellResult result = Run(Build, ("specs", specs), ("limit", limit));

        Assert.Equal(
            specs.Select(spec => $"{spec.Name} {expected[spec.Name].Status}").Order(),
            result.Statuses);
        foreach (Spec spec in specs)
        {
            // A dependency that gave nothing out is $null, which the scripts pass on.
            Assert.Equal(expected[spec.Name].Output, result.NodeOutput(spec.Name).OfType<string>().Order());
        }
    }

    private static Ending Expected(Spec spec, Dictionary<string, Ending> endings)
    {
        Ending[] upstream = [.. spec.DependsOn.Select(name => endings[name])];
        bool anyGood = upstream.Any(ending => ending.Seen == "Succeeded");
        bool anyFailed = upstream.Any(ending => ending.Seen == "Failed");
        bool holds = upstream.Length == 0 || spec.Rule switch
        {
            "AllSucceeded" => upstream.All(ending => ending.Seen == "Succeeded"),
            "AllDone" => true,
            "AnySucceeded" => anyGood,
            "AnyFailed" => anyFailed,
            "NoneFailed" => !anyFailed,
            _ => !anyFailed && anyGood,
        };
        string status = !holds || spec.Kind == "Condition" ? "Skipped" : Good.Contains(spec.Kind) ? "Succeeded" : "Failed";
        string[] output = status == "Succeeded" ? [.. upstream.SelectMany(ending => ending.Output).Append(spec.Name).Order()] : [];
        string seen = !holds ? (anyFailed ? "Failed" : "Skipped") : status == "Failed" && spec.Tolerated ? "Succeeded" : status;

        // A node is skipped by the first dependency that rules it out: whether that one failed or was skipped is a matter of time.
        bool isOpen = !holds && (upstream.Any(ending => ending.IsOpen) || (anyFailed && upstream.Any(ending => ending.Seen == "Skipped")));
        return new Ending(status, seen, output, isOpen);
    }

    /// <summary>What PowerShell reads a node from.</summary>
    public sealed record Spec(string Name, string Kind, IReadOnlyList<string> DependsOn, string Rule, bool Tolerated);

    /// <param name="Status">The state it ends in.</param>
    /// <param name="Seen">What rules take it for.</param>
    /// <param name="Output">What it gives out.</param>
    /// <param name="IsOpen">Whether what it is taken for is a matter of time.</param>
    private sealed record Ending(string Status, string Seen, string[] Output, bool IsOpen);
}
