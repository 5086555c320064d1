namespace DagShell.Tests.Data;

/// <summary>Parameters of a node's param() are bound by name from $Upstream, then from -Parameter.</summary>
public sealed class ParameterTests : ShellTests
{
    [Fact]
    public void A_parameter_gets_the_output_of_the_dependency_of_its_name()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode Extract { 1; 2; 3 }), (New-DagNode Sum { param($extract) ($extract | Measure-Object -Sum).Sum } -DependsOn Extract)
            $nodes | Invoke-Dag
            """);

        Assert.Equal([6.0], result.NodeOutput("Sum"));
    }

    [Fact]
    public void Else_it_gets_what_Parameter_says()
    {
        ShellResult result =
            Run("New-DagNode A { param($Server, [int] $Port) \"${Server}:$($Port + 1)\" } | Invoke-Dag -Parameter @{ SERVER = 'db'; "
            + "port = '80' }");

        Assert.Equal(["db:81"], result.NodeOutput("A"));
    }

    [Fact]
    public void The_dependency_goes_before_Parameter()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode Value { 'upstream' }), (New-DagNode A { param($Value) $Value } -DependsOn Value)
            $nodes | Invoke-Dag -Parameter @{ Value = 'parameter' }
            """);

        Assert.Equal(["upstream"], result.NodeOutput("A"));
    }

    [Fact]
    public void Else_it_keeps_its_default()
    {
        ShellResult result =
            Run("New-DagNode A { param($One = 1, $Two, [switch] $Three, $Four = $One + 3) $One, ($null -eq $Two), $Three.IsPresent, "
            + "$Four, $PSBoundParameters.Count } | Invoke-Dag");

        Assert.Equal([1, true, false, 4, 0], result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("[Parameter(Mandatory)]")]
    [InlineData("[Parameter(Mandatory = $true)]")]
    [InlineData("[Parameter(Position = 0, Mandatory)]")]
    [InlineData("[System.Management.Automation.ParameterAttribute(Mandatory)]")]
    public void A_mandatory_one_that_finds_nothing_fails_the_node_with_a_message_that_says_so(string attribute)
    {
        ShellResult result = Run($"New-DagNode A {{ param({attribute} $Customer) 'ran' }} | Invoke-Dag");

        Assert.Equal("Failed", result.Status("A"));
        Assert.Equal(
            "The script of node 'A' has a mandatory parameter 'Customer', and neither a dependency nor -Parameter has that name. "
            + "Add -DependsOn 'Customer', or -Parameter @{ Customer = … } to Invoke-Dag.",
            result.ErrorText("A"));
        Assert.Empty(result.NodeOutput("A"));
    }

    [Theory]
    [InlineData("[Parameter()]")]
    [InlineData("[Parameter(Mandatory = $false)]")]
    [InlineData("[ValidateNotNull()]")]
    public void One_that_is_not_mandatory_may_find_nothing(string attribute) =>
        Assert.Equal(["ran"], Run($"New-DagNode A {{ param({attribute} $Customer) 'ran' }} | Invoke-Dag").NodeOutput("A"));

    [Fact]
    public void A_value_that_does_not_fit_fails_the_node_alone()
    {
        ShellResult result =
            Run("(New-DagNode A { param([int] $Port) $Port }), (New-DagNode B { 'b' }) | Invoke-Dag -Parameter @{ Port = 'http' }");

        Assert.Equal(["A Failed", "B Succeeded"], result.Statuses);
        Assert.Contains("'Port'", result.ErrorText("A"), StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_of_parameters_do_what_they_do_everywhere()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Valid { [CmdletBinding()] param([ValidateSet('dev', 'prod')] [string] $Stage, [Alias('Alias')] [int[]] $Ids) "$Stage $($Ids.Count)" }
                New-DagNode Invalid { param([ValidateRange(1, 2)] $Number) $Number }
            )
            $nodes | Invoke-Dag -Parameter @{ Stage = 'dev'; Ids = 1, 2; Number = 3 }
            """);

        Assert.Equal(["dev 2"], result.NodeOutput("Valid"));
        Assert.Equal("Failed", result.Status("Invalid"));
    }

    [Fact]
    public void Every_node_gets_the_parameters_that_its_own_script_names()
    {
        ShellResult result = Run("""
            $nodes = (New-DagNode A { param($x) $PSBoundParameters.Keys }), (New-DagNode B { param($y) $PSBoundParameters.Keys }), (New-DagNode C { $PSBoundParameters.Count })
            $nodes | Invoke-Dag -Parameter @{ x = 1; y = 2 }
            """);

        Assert.Equal(["x"], result.NodeOutput("A"));
        Assert.Equal(["y"], result.NodeOutput("B"));
        Assert.Equal([0], result.NodeOutput("C"));
    }

    [Fact]
    public void Values_are_handed_over_live()
    {
        object original = new();
        ShellResult result =
            Run("New-DagNode A { param($Thing) $Thing } | Invoke-Dag -Parameter @{ Thing = $original }", ("original", original));

        Assert.Same(original, Assert.Single(result.NodeOutput("A")));
    }

    [Fact]
    public void A_switch_can_be_set_from_outside()
    {
        ShellResult result = Run("New-DagNode A { param([switch] $Force) $Force.IsPresent } | Invoke-Dag -Parameter @{ Force = $true }");

        Assert.Equal([true], result.NodeOutput("A"));
    }

    [Fact]
    public void Conditions_and_preconditions_have_parameters_too()
    {
        ShellResult result = Run("""
            $nodes = @(
                New-DagNode Count { 3 }
                New-DagNode A { 'ran' } -DependsOn Count -When { param($Count) $Count -eq 3 } -Precondition { param($Stage) $Stage -eq 'dev' }
                New-DagNode B { 'ran' } -DependsOn Count -When { param($Count) $Count -eq 4 }
            )
            $nodes | Invoke-Dag -Parameter @{ Stage = 'dev' }
            """);

        Assert.Equal(["ran"], result.NodeOutput("A"));
        Assert.Equal("Skipped", result.Status("B"));
    }

    [Fact]
    public void A_splat_of_all_bound_parameters_can_be_handed_on()
    {
        ShellResult result =
            Run("New-DagNode A { param($x, $y) function f($x, $y) { \"$x-$y\" }; f @PSBoundParameters } | Invoke-Dag -Parameter @{ x = "
            + "1; y = 2 }");

        Assert.Equal(["1-2"], result.NodeOutput("A"));
    }
}
