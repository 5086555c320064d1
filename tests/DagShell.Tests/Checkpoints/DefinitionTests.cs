namespace DagShell.Tests.Checkpoints;

/// <summary>A node whose definition has changed is run again, and all that depends on it; one that has not is not.</summary>
public sealed class DefinitionTests : CheckpointTests
{
    [Theory]
    [InlineData("its script", "'one'", "'two'")]
    [InlineData("its condition", "'x'} -When { $true", "'x'} -When { 1")]
    [InlineData("a precondition", "'x'} -Precondition { $true", "'x'} -Precondition { 1")]
    [InlineData("RetryIf", "'x'} -RetryCount 1 -RetryIf { $true", "'x'} -RetryCount 1 -RetryIf { 1")]
    [InlineData("TriggerRule", "'x'} -DependsOn first -TriggerRule AllDone {", "'x'} -DependsOn first {")]
    [InlineData("its dependencies", "'x'} -DependsOn first {", "'x'} {")]
    public void What_makes_a_node_another(string what, string before, string after)
    {
        Assert.NotEmpty(what);
        Assert.Equal(["changed", "dependent"], RanAgain(before, after));
        Assert.Empty(RanAgain(before, before));
    }

    [Theory]
    [InlineData("'x'} -RetryCount 1 {", "'x'} -RetryCount 2 {")]
    [InlineData("'x'} -Description a {", "'x'} -Priority 3 {")]
    public void What_does_not(string before, string after) => Assert.Empty(RanAgain(before, after));

    [Theory]
    [InlineData("@{ P = 1 }", "@{ P = 2 }", true)]
    [InlineData("@{ P = 1 }", "@{ P = '1' }", true)]
    [InlineData("@{ P = 1 }", "@{ P = 1; Q = 2 }", false)]
    [InlineData("@{ P = 1 }", "@{ }", true)]
    [InlineData("@{ P = @{ a = 1; b = @(1, @{ c = 2; d = 3 }) } }", "@{ P = @{ b = @(1, @{ d = 3; c = 2 }); a = 1 } }", false)]
    [InlineData("@{ P = @{ a = 1; b = @(1, @{ c = 2; d = 3 }) } }", "@{ P = @{ a = 1; b = @(1, @{ c = 2; d = 4 }) } }", true)]
    [InlineData("@{ P = [pscustomobject]@{ a = 1 } }", "@{ P = [pscustomobject]@{ a = 2 } }", true)]
    [InlineData("@{ P = [pscredential]::new('u', $secret) }", "@{ P = [pscredential]::new('u', $secret.Copy()) }", false)]
    [InlineData("@{ P = [pscredential]::new('u', $secret) }", "@{ P = [pscredential]::new('u', $other) }", true)]
    [InlineData("@{ P = [pscredential]::new('u', $secret) }", "@{ P = [pscredential]::new('v', $secret) }", true)]
    [InlineData("@{ P = $secret }", "@{ P = $secret.Copy() }", false)]
    [InlineData("@{ P = $secret }", "@{ P = $other }", true)]
    [InlineData("@{ P = [ordered]@{ a = 1; b = 2 } }", "@{ P = [ordered]@{ b = 2; a = 1 } }", true)]
    [InlineData("@{ P = [ordered]@{ a = 1; b = 2 } }", "@{ P = [ordered]@{ a = 1; b = 2 } }", false)]
    [InlineData("@{ P = '{ \"a\": { \"b\": [1, 2] } }' | ConvertFrom-Json -AsHashtable }",
        "@{ P = '{\"a\": {\"b\": [1, 2]}}' | ConvertFrom-Json -AsHashtable }", false)]
    [InlineData("@{ P = '{ \"a\": { \"b\": [1, 2] } }' | ConvertFrom-Json }", "@{ P = '{\"a\": {\"b\": [1, 3]}}' | ConvertFrom-Json }",
        true)]
    [InlineData("@{ P = 'x' | Add-Member N 1 -PassThru }", "@{ P = 'x' | Add-Member N 2 -PassThru }", true)]
    [InlineData("@{ P = [uri] 'http://a/' }", "@{ P = [uri] 'http://b/' }", true)]
    [InlineData("@{ P = [Collections.Generic.List[int]] (1, 2) }", "@{ P = [Collections.Generic.List[int]] (2, 1) }", true)]
    [InlineData("@{ P = [int[,]]::new(2, 3) }", "@{ P = [int[,]]::new(3, 2) }", true)]
    [InlineData("@{ P = { a } }", "@{ P = { b } }", true)]
    [InlineData("@{ P = [DayOfWeek]::Monday }", "@{ P = [DayOfWeek]::Monday }", false)]
    [InlineData("@{ P = [DayOfWeek]::Monday }", "@{ P = 1 }", true)]
    [InlineData("@{ P = $null }", "@{ P = '' }", true)]
    public void The_values_of_parameters_that_it_binds_count(string before, string after, bool isAnother)
    {
        using System.Security.SecureString secret = Secret("first"), other = Secret("second");
        Shell["secret"] = secret;
        Shell["other"] = other;
        RunWith("New-DagNode changed { param($P) ($using:ran).Enqueue('changed') }", "-Parameter " + before);
        TakeRan();
        RunWith("New-DagNode changed { param($P) ($using:ran).Enqueue('changed') }", "-Resume -Parameter " + after);

        Assert.Equal(isAnother ? ["changed"] : [], TakeRan());
    }

    [Theory]
    [InlineData("@{ Deep = 1; Other = 2 }", "@{ Other = 2; Deep = 1 }", false)]
    [InlineData("@{ Deep = 1 }", "@{ Deep = 3 }", true)]
    public void The_values_of_using_count(string before, string after, bool isAnother)
    {
        RunWith($"$config = {before}; New-DagNode changed {{ ($using:ran).Enqueue('changed'); $using:config }}", "");
        TakeRan();
        RunWith($"$config = {after}; New-DagNode changed {{ ($using:ran).Enqueue('changed'); $using:config }}", "-Resume");

        Assert.Equal(isAnother ? ["changed"] : [], TakeRan());
    }

    [Fact]
    public void A_parameter_that_a_dependency_gives_is_not_from_the_outside()
    {
        const string Script = "New-DagNode P { 1 }; New-DagNode changed -DependsOn P { param($P) ($using:ran).Enqueue('changed') }";
        RunWith(Script, "-Parameter @{ P = 1 }");
        TakeRan();
        RunWith(Script, "-Resume -Parameter @{ P = 2 }");

        Assert.Empty(TakeRan());
    }

    [Fact]
    public void A_node_that_is_new_or_renamed_runs_and_the_rest_does_not()
    {
        RunWith("New-DagNode A { ($using:ran).Enqueue('A') }; New-DagNode B { ($using:ran).Enqueue('B') }", "");
        TakeRan();
        RunWith("New-DagNode C { ($using:ran).Enqueue('C') }; New-DagNode a { ($using:ran).Enqueue('A') }", "-Resume");

        Assert.Equal(["C"], TakeRan());
    }

    private static System.Security.SecureString Secret(string text)
    {
        var secret = new System.Security.SecureString();
        foreach (char character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }

    private string[] RanAgain(string before, string after)
    {
        File.Delete(Journal);
        RunWith(Script(before), "");
        TakeRan();
        RunWith(Script(after), "-Resume");
        return TakeRan();
    }

    private static string Script(string part) => $$"""
        New-DagNode first { ($using:ran).Enqueue('first') }
        New-DagNode changed { ($using:ran).Enqueue('changed'); {{part}} }
        New-DagNode dependent -DependsOn changed { ($using:ran).Enqueue('dependent') }

        """.Replace("{ }", "", StringComparison.Ordinal).Replace("{ }", "", StringComparison.Ordinal);

    private void RunWith(string nodes, string parameters) =>
        Run($"& {{ {nodes}\nNew-DagNode bad {{ throw 'as ever' }} }} | Invoke-Dag -Checkpoint $journal {parameters}");
}
