namespace DagShell.Tests.Browsing;

/// <summary>A test that looks at a page in Chromium; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.FindProgram() is null)
        {
            Skip = "There is no Chromium here: neither CHROMIUM names one, nor is one of its programs on the path.";
        }
    }
}
