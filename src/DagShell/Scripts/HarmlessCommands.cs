namespace DagShell.Scripts;

/// <summary>
/// Commands of PowerShell's own that leave nothing behind in the session that calls them, so that a script made of them
/// needs no clean-up after it. A command that is not listed costs a clean-up, never a leak.
/// </summary>
internal static class HarmlessCommands
{
    // Of Microsoft.PowerShell.Core, .Utility and .Management: what reads, writes, converts, formats or waits. Left out is
    // what takes variables to fill in a scope of its caller's choosing, and whatever changes variables, aliases, functions,
    // modules, drives, locations, events or jobs. ForEach-Object and Where-Object run script blocks in the caller's scope;
    // those are part of the tree that is read.
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ForEach-Object", "%", "foreach", "Where-Object", "?", "where", "Out-Null", "Out-String", "Out-File", "Out-Host",
        "Write-Output", "echo", "write", "Write-Host", "Write-Warning", "Write-Error", "Write-Verbose", "Write-Debug",
        "Write-Information", "Write-Progress", "Start-Sleep", "sleep", "Get-Date", "Get-Random", "New-Guid", "New-TimeSpan",
        "Get-Member",
        "Select-Object", "select", "Sort-Object", "Group-Object", "group", "Measure-Object", "measure", "Compare-Object",
        "Select-String", "Get-Unique", "Join-String", "Tee-Object", "New-Object", "Add-Member",
        "ConvertTo-Json", "ConvertFrom-Json", "ConvertTo-Csv", "ConvertFrom-Csv", "ConvertTo-Xml", "ConvertTo-Html",
        "ConvertFrom-StringData", "Import-Csv", "Export-Csv", "Import-Clixml", "Export-Clixml", "Select-Xml",
        "Format-Table", "Format-List", "Format-Wide", "Format-Hex",
        "Invoke-WebRequest", "Invoke-RestMethod", "Get-FileHash", "Compress-Archive", "Expand-Archive", "New-TemporaryFile",
        "Get-ChildItem", "dir", "gci", "Get-Item", "gi", "Get-Content", "gc", "Set-Content", "Add-Content", "Clear-Content",
        "Copy-Item", "Move-Item", "Rename-Item", "Remove-Item", "New-Item", "Test-Path", "Join-Path", "Split-Path",
        "Resolve-Path", "Convert-Path", "Get-Location", "pwd", "Get-ItemProperty", "Get-ItemPropertyValue",
        "Get-Process", "Stop-Process", "Wait-Process", "Get-Service", "Start-Service", "Stop-Service", "Restart-Service",
        "Test-Connection", "Get-TimeZone", "Set-StrictMode",
    };

    public static bool Contains(string command) => Names.Contains(command);
}
