namespace DagShell.Tests.Browsing;

/// <summary>A test that looks at pages in Chromium, once for each row of its data; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Chromium.Program is null ? Chromium.HowToInstall : null;
}
