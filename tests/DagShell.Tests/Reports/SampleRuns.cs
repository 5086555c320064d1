namespace DagShell.Tests.Reports;

/// <summary>Scripts that run a dag and leave the run in $run.</summary>
internal static class SampleRuns
{
    /// <summary>One of each: succeeded, retried, failed, skipped, cancelled by nobody.</summary>
    public const string Mixed = """
        $nodes = @(
            New-DagNode Prepare { Start-Sleep -Milliseconds 30 }
            New-DagNode Copy -DependsOn Prepare -RetryCount 2 -RetryDelay 50ms {
                if ($DagNode.Attempt -eq 1) { throw 'the copy was refused' }
                Start-Sleep -Milliseconds 60
            }
            New-DagNode Check { throw 'the check found something' } -DependsOn Prepare
            New-DagNode Publish { } -DependsOn Check, Copy
            New-DagNode 'Clean up' { } -DependsOn Publish -TriggerRule AllDone
        )
        $null = $nodes | New-Dag Nightly -Description 'Every night.' | Invoke-Dag -RunVariable run -ThrottleLimit 3 -ErrorAction SilentlyContinue
        """;
}
