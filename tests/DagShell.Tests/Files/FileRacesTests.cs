namespace DagShell.Tests.Files;

/// <summary>One node writes what another one reads or writes, and no edge says which comes first.</summary>
public sealed class FileRacesTests : ShellTests
{
    [Theory]
    [InlineData("out/a.json", "out/a.json", true)]
    [InlineData("out/*.json", "out/a.json", true)]
    [InlineData("out/a.json", "out/*.json", true)]
    [InlineData("out/*.xml", "out/a.json", false)]
    [InlineData("out/*.json", "out/a*", true)]
    [InlineData("out/*.json", "out/*.xml", false)]
    [InlineData("out/b*.json", "out/a*", false)]
    [InlineData("out/**", "out/x/y/a.json", true)]
    [InlineData("**/*.json", "out/x/*", true)]
    [InlineData("out/**/a.json", "out/a.*", true)]
    [InlineData("out/**/b.json", "out/a.*", false)]
    [InlineData("out", "out/x/*.json", true)]
    [InlineData("out/x/*.json", "out", true)]
    [InlineData("other/**", "out/**", false)]
    [InlineData("out/[ab]?.txt", "out/b1.*", true)]
    [InlineData("out/[ab]?.txt", "out/c1.*", false)]
    [InlineData("out/a?", "out/a", false)]
    public void Paths_that_may_mean_one_file_are_a_warning(string input, string output, bool mayMeet)
    {
        string nodes = $"(New-DagNode R {{ }} -InputPath '{input}' -OutputPath done.txt), "
            + $"(New-DagNode W {{ }} -OutputPath '{output}') | Invoke-Dag -WhatIf 6> $null";
        string[] warnings = [.. Run(nodes).Streams.Warning];

        Assert.Equal(mayMeet, warnings.Any(warning => warning.Contains("'R'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_there_is_an_edge_there_is_no_race()
    {
        ShellResult result = Run(
            "(New-DagNode W { } -OutputPath 'out/*.json'), (New-DagNode M { } -DependsOn W), "
                + "(New-DagNode R { } -DependsOn M -InputPath 'out/a*' -OutputPath done.txt) | Invoke-Dag -WhatIf");

        Assert.Empty(result.Streams.Warning);
    }
}
