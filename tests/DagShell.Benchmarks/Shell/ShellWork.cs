namespace DagShell.Benchmarks.Shell;

/// <summary>What the nodes of <see cref="ShellSuite"/> work on: a module, files, and the variables that hold the nodes.</summary>
internal sealed class ShellWork : IDisposable
{
    /// <summary>The nodes of one run where the cost of a node is measured.</summary>
    public const int Nodes = 300;

    private readonly string _folder = Directory.CreateTempSubdirectory("DagShell.Benchmarks.").FullName;

    public ShellWork()
    {
        File.WriteAllText(Path.Combine(_folder, "Theirs.psm1"), "function Get-Theirs { 1 }\n");
        string items = string.Join(
            ",\n",
            Enumerable.Range(0, 120).Select(static i => $$"""{ "Id": {{i}}, "Name": "order {{i}}", "Lines": [1, 2], "Open": true }"""));
        for (int i = 0; i < 400; i++)
        {
            File.WriteAllText(Path.Combine(_folder, $"{i}.json"), $$"""{ "File": {{i}}, "Orders": [ {{items}} ] }""");
        }
    }

    /// <summary>What nodes say whose cost above that of a plain one is measured.</summary>
    public static IReadOnlyList<string> Scripts { get; } =
    [
        "Get-Date", "Write-Verbose x", "Get-Mine", "Get-Theirs", "$global:a = 1", "Set-Variable a 1",
    ];

    /// <summary>Makes the nodes, and what they call, in the session that measures.</summary>
    public string Preparation => $$"""
        $file = '{{Path.Combine(_folder, "Theirs.psm1")}}'
        Import-Module $file
        function Get-Mine { 1 }
        $one = New-DagNode A { 1 }
        $sleep = { [Threading.Thread]::Sleep(50) }
        $sleeps = foreach ($i in 1..32) { New-DagNode "n$i" $sleep }
        $shared = { 1 }
        $plain = foreach ($i in 1..{{Nodes}}) { New-DagNode "n$i" $shared }
        $some = $plain[0..19]
        $scripts = @{}
        {{string.Concat(Scripts.Select(static script => $$"""
            $shared = { {{script}} }
            $scripts['{{script}}'] = foreach ($i in 1..{{Nodes}}) { New-DagNode "n$i" $shared }

            """))}}
        $shared = { Get-Mine; Get-Theirs }
        $calls = foreach ($i in 1..200) { New-DagNode "n$i" $shared }
        $shared = { /bin/true }
        $programs = foreach ($i in 1..300) { New-DagNode "n$i" $shared }
        $jsons = [System.IO.Directory]::GetFiles('{{_folder}}', '*.json')
        $parses = foreach ($json in $jsons) { New-DagNode $json { $null = Get-Content $using:json -Raw | ConvertFrom-Json } }
        $nap = { [Threading.Thread]::Sleep(5); [Diagnostics.Stopwatch]::GetTimestamp() }
        $told = @(
            New-DagNode Long { [Threading.Thread]::Sleep(90); [Diagnostics.Stopwatch]::GetTimestamp() } -Priority 1
            foreach ($i in 1..8) { New-DagNode "n$i" $nap }
        )
        $noted = [System.Collections.Generic.List[double]]::new()
        $note = { $noted.Add([Diagnostics.Stopwatch]::GetElapsedTime($_.Output[0]).TotalMilliseconds) }
        """;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
