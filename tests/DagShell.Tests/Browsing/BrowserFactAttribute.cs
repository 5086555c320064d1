namespace DagShell.Tests.Browsing;

/// <summary>A test that looks at a page in Chromium; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Chromium.Program is null ? Chromium.HowToInstall : null;
}
