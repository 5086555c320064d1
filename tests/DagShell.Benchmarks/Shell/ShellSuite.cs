using System.Diagnostics;
using System.Globalization;
using DagShell.Benchmarks.Harness;

namespace DagShell.Benchmarks.Shell;

/// <summary>
/// What is around a node: a whole run, a runspace, a script that does something. Each row has another way to do the same beside it, in the
/// same process and the same rounds; of a module that this machine does not have, the row says that it was not measured.
/// </summary>
internal sealed class ShellSuite : IDisposable
{
    private readonly BuiltModule _module = new();
    private readonly ShellWork _work = new();
    private readonly Session _session;
    private readonly BareRunspaces _sixteen = new(16);
    private readonly BareRunspaces _two = new(2);
    private readonly int _rounds;
    private readonly int _starts;
    private readonly List<Contender> _contenders = [];
    private readonly List<Action<Rounds, Table>> _rows = [];
    private readonly List<Action<Rounds, Table>> _bounds = [];

    private ShellSuite(BenchmarkOptions options)
    {
        _rounds = options.IsQuick ? 3 : 11;
        _starts = options.IsQuick ? 2 : 7;
        _session = new Session(_module);
        _session.Run(_work.Preparation);
    }

    public static void Run(BenchmarkOptions options)
    {
        using ShellSuite suite = new(options);
        suite.MeasureWarm();
        suite.MeasureStarts();
    }

    public void Dispose()
    {
        _session.Dispose();
        _sixteen.Dispose();
        _two.Dispose();
        _work.Dispose();
        _module.Dispose();
    }

    private void MeasureWarm()
    {
        Compare("a run of one trivial node, ms", 1e3, "$one | Invoke-Dag",
            "ForEach-Object -Parallel", "1 | ForEach-Object -Parallel { 1 }");
        Compare(
            "32 sleeps of 50 ms, limit 16, the second time, ms", 1e3, "$sleeps | Invoke-Dag -ThrottleLimit 16", "ForEach-Object -Parallel",
            "1..32 | ForEach-Object -Parallel { [Threading.Thread]::Sleep(50) } -ThrottleLimit 16", isSecond: true);
        foreach (string what in ShellWork.Scripts)
        {
            Above($"a node that says {what}, above a plain one, µs", $"$scripts['{what}'] | Invoke-Dag -ThrottleLimit 1");
        }

        Compare(
            "200 nodes that call a user's and a module's function, limit 5, ms", 1e3, "$calls | Invoke-Dag", "SplitPipeline",
            "1..200 | Split-Pipeline -Count 5 -Module $file -Function Get-Mine { process { Get-Mine; Get-Theirs } }", "SplitPipeline");
        Compare(
            "the same", 1e3, "$calls | Invoke-Dag", "PSParallelPipeline",
            "1..200 | Invoke-Parallel { Import-Module $using:file; Get-Theirs } -Functions Get-Mine -ThrottleLimit 5",
            "PSParallelPipeline");
        Compare(
            "the same", 1e3, "$calls | Invoke-Dag", "PoshRSJob",
            "1..200 | Start-RSJob { Get-Mine; Get-Theirs } -ModulesToImport $file -FunctionsToImport Get-Mine -Throttle 5 | Wait-RSJob | "
                + "Receive-RSJob; Get-RSJob | Remove-RSJob", "PoshRSJob");
        if (File.Exists("/bin/true"))
        {
            Compare(
                "300 × /bin/true, limit 2, ms", 1e3, "$programs | Invoke-Dag -ThrottleLimit 2", "a loop",
                "foreach ($i in 1..300) { /bin/true }");
        }

        Compare(
            "400 JSON files parsed, limit 2, ms", 1e3, "$parses | Invoke-Dag -ThrottleLimit 2", "a loop",
            "foreach ($json in $jsons) { $null = Get-Content $json -Raw | ConvertFrom-Json }");
        Told(
            "a node's last statement to the consumer, another node sleeping, ms",
            "$told | Invoke-Dag -ThrottleLimit 2 | ForEach-Object $note",
            "ForEach-Object -Parallel",
            "90, 5, 5, 5, 5, 5, 5, 5, 5 | ForEach-Object -Parallel { [Threading.Thread]::Sleep($_); @{ Name = $_; "
                + "Output = , [Diagnostics.Stopwatch]::GetTimestamp() } } -ThrottleLimit 2 | ForEach-Object $note");
        Compare(
            "-Sequential, a node, µs", ShellWork.Nodes, "$plain | Invoke-Dag -Sequential", "& { } in a loop",
            $"foreach ($i in 1..{ShellWork.Nodes}) {{ & {{ 1 }} }}");
        Compare(
            "-UseNewRunspace, a node, ms", 20e3, "$some | Invoke-Dag -UseNewRunspace -ThrottleLimit 1", "a runspace, opened and closed",
            "foreach ($i in 1..20) { $opened = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2()); $opened.Open(); "
                + "$opened.Dispose() }");

        Bound(
            "32 sleeps of 50 ms in 16 runspaces that are open, ms", "$sleeps | Invoke-Dag -ThrottleLimit 16",
            () => _sixteen.Run("[Threading.Thread]::Sleep(50)", 32));
        if (File.Exists("/bin/true"))
        {
            Bound(
                "300 × /bin/true, half of them in each of two runspaces, ms", "$programs | Invoke-Dag -ThrottleLimit 2",
                () => _two.Run("foreach ($i in 1..150) { /bin/true }", 2));
        }

        Bound(
            "20 runspaces, each opened, asked for 1, and closed, ms", "$some | Invoke-Dag -UseNewRunspace -ThrottleLimit 1",
            () => _session.Run("""
                foreach ($i in 1..20) {
                    $opened = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
                    $opened.Open()
                    $asked = [powershell]::Create($opened).AddScript('1')
                    $null = $asked.Invoke()
                    $asked.Dispose()
                    $opened.Dispose()
                }
                """),
            20);
        Bound(
            $"{ShellWork.Nodes} × Get-Date in a loop of & {{ }}, ms", "$scripts['Get-Date'] | Invoke-Dag -ThrottleLimit 1",
            () => _session.Run($"foreach ($i in 1..{ShellWork.Nodes}) {{ & {{ Get-Date }} }}"), ShellWork.Nodes / 1e3);

        Rounds measured = Rounds.Measure(_rounds, warmUps: 2, _contenders);
        Console.WriteLine($"{BuiltModule.Describe()}. Warm, medians of {_rounds} rounds; in brackets the lowest.");
        Console.WriteLine();
        Table table = new("what", "DagShell", "beside it", "", "ratio");
        _rows.ForEach(row => row(measured, table));
        table.Print();
        Console.WriteLine("What PowerShell itself takes for the same, in those rounds.");
        Console.WriteLine();
        table = new("what", "PowerShell", "DagShell", "ratio");
        _bounds.ForEach(row => row(measured, table));
        table.Print();
    }

    private void MeasureStarts()
    {
        StartOfSession? withModule = null;
        Rounds measured = Rounds.Measure(_starts, warmUps: 1,
        [
            new Contender("import", () => (withModule = StartOfSession.Measure("DagShell", _module.Manifest)).Import),
            new Contender("node", () => withModule!.FirstNode),
            new Contender("parallel", () => StartOfSession.Measure("Parallel").FirstNode),
            new Contender("bare import", () =>
                StartOfSession.Measure("Module", typeof(NewBareNodeCommand).Assembly.Location).Import),
            new Contender("bare sleeps", () => StartOfSession.Measure("BareSleeps").FirstNode),
            new Contender("bare naps", () => StartOfSession.Measure("BareNaps").FirstNode),
            new Contender("sleeps", () => StartOfSession.Measure("Sleeps", _module.Manifest).FirstNode),
            new Contender("diamonds", () => StartOfSession.Measure("Diamonds", _module.Manifest).FirstNode),
        ]);
        Console.WriteLine($"In a new process each time, medians of {_starts} rounds; in brackets the lowest. Milliseconds.");
        Console.WriteLine();
        Table table = new("what", "DagShell", "ideal", "ratio");
        table.Add("import", Both(measured, "import", 1), string.Empty, string.Empty);
        table.Add("the same of a module of two bare cmdlets", Both(measured, "bare import", 1), string.Empty, string.Empty);
        table.Add("the first node's first statement, after that", Both(measured, "node", 1), string.Empty, string.Empty);
        table.Add("the same of ForEach-Object -Parallel", Both(measured, "parallel", 1), string.Empty, string.Empty);
        table.Add(
            "32 sleeps of 50 ms, limit 16", Both(measured, "sleeps", 1), "100", Figures.Times(measured.Median("sleeps") / 100));
        table.Add(
            "the same in a pool of 16 bare runspaces", Both(measured, "bare sleeps", 1), "100",
            Figures.Times(measured.Median("bare sleeps") / 100));
        table.Add(
            "10 diamonds of 50 nodes of 10 ms, limit 16", Both(measured, "diamonds", 1), "313",
            Figures.Times(measured.Median("diamonds") / 312.5));
        table.Add(
            "500 naps of 10 ms that depend on none, in such a pool", Both(measured, "bare naps", 1), "313",
            Figures.Times(measured.Median("bare naps") / 312.5));
        table.Print();
    }

    /// <summary>A row of how long two scripts take.</summary>
    /// <param name="what">What they do.</param>
    /// <param name="unit">How many microseconds the figures are in.</param>
    /// <param name="script">The script.</param>
    /// <param name="beside">What does the same.</param>
    /// <param name="other">How.</param>
    /// <param name="module">The module that this takes, if it takes one.</param>
    /// <param name="isSecond">Whether they have just run: others may have used up the runspaces that a run leaves open.</param>
    private void Compare(
        string what, double unit, string script, string beside, string other, string? module = null, bool isSecond = false)
    {
        if (!_contenders.Exists(contender => contender.Name == script))
        {
            _contenders.Add(new Contender(script, () => Time(script)));
        }

        if (module is not null && !_session.TryImport(module))
        {
            _rows.Add((measured, table) => table.Add(
                what, Both(measured, script, 1), $"{beside}: not measured, it is not here", string.Empty, string.Empty));
            return;
        }

        _contenders.Add(new Contender(other, () => Time(other)));
        Row(what, script, beside, other, 1);

        double Time(string measured)
        {
            if (isSecond)
            {
                _session.Run(measured);
            }

            return _session.Time(measured) / unit;
        }
    }

    /// <summary>A row of how long PowerShell takes for what a script does that is measured, without DagShell.</summary>
    /// <param name="what">What it does.</param>
    /// <param name="script">The script.</param>
    /// <param name="work">The same with PowerShell alone.</param>
    /// <param name="unit">How many milliseconds the script's figures are in.</param>
    private void Bound(string what, string script, Action work, double unit = 1)
    {
        _contenders.Add(new Contender(what, () =>
        {
            long start = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds / unit;
        }));
        _bounds.Add((measured, table) => table.Add(
            what, Both(measured, what, 1 / unit), Both(measured, script, 1 / unit), Figures.Times(measured.Ratio(script, what))));
    }

    /// <summary>A row of what a node costs above one that does nothing.</summary>
    private void Above(string what, string script)
    {
        const string Plain = "$plain | Invoke-Dag -ThrottleLimit 1";
        if (!_contenders.Exists(static contender => contender.Name == Plain))
        {
            _contenders.Add(new Contender(Plain, () => _session.Time(Plain) / ShellWork.Nodes));
        }

        _contenders.Add(new Contender(script, () => _session.Time(script) / ShellWork.Nodes));
        _rows.Add((measured, table) => table.Add(
            what, Figures.Short(measured.Difference(script, Plain)), "a plain one", Both(measured, Plain, 1),
            Figures.Times(measured.Ratio(script, Plain))));
    }

    /// <summary>A row of times that the scripts note themselves.</summary>
    private void Told(string what, string script, string beside, string other)
    {
        foreach (string one in (string[])[script, other])
        {
            _contenders.Add(new Contender(one, () =>
            {
                _session.Run("$noted.Clear(); " + one);

                // The last is the one that slept for long.
                return Statistics.Median(_session.Run("$noted").SkipLast(1)
                    .Select(static time => Convert.ToDouble(time.BaseObject, CultureInfo.InvariantCulture)));
            }));
        }

        Row(what, script, beside, other, 1);
    }

    private void Row(string what, string script, string beside, string other, double unit) => _rows.Add((measured, table) => table.Add(
        what, Both(measured, script, unit), beside, Both(measured, other, unit), Figures.Times(measured.Ratio(script, other))));

    private static string Both(Rounds measured, string name, double unit) =>
        $"{Figures.Short(measured.Median(name) / unit)} ({Figures.Short(measured.Lowest(name) / unit)})";
}
