@{
    NestedModules        = @('DagShell.Startup.dll', 'DagShell.dll')
    ModuleVersion        = '0.1.0'
    GUID                 = '6b0f7c0e-53d7-4f0c-9a39-0a6d1d6f4a55'
    Author               = 'DagShell contributors'
    Copyright            = 'Copyright (c) DagShell contributors. MIT licence.'
    Description          = 'Builds a graph of script blocks in the pipeline and runs it in parallel runspaces, with dependencies, preconditions, retries, a throttle limit and live progress.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('DagShell.format.ps1xml')
    CmdletsToExport      = @('New-DagNode', 'New-Dag', 'Add-DagEdge', 'Test-Dag', 'Get-DagPlan', 'Invoke-Dag', 'Show-Dag', 'Export-Dag', 'Measure-DagRun', 'Export-DagRun', 'Get-DagRun', 'New-DagSession', 'Skip-DagNode')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('DAG', 'parallel', 'workflow', 'runbook', 'graph', 'dependency', 'retry', 'runspace', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://github.com/dagshell/DagShell/blob/main/LICENSE'
            ProjectUri   = 'https://github.com/dagshell/DagShell'
            ReleaseNotes = 'The first version. CHANGELOG.md, in the project, tells what changed.'
        }
    }
}
