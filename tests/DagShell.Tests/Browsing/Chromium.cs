namespace DagShell.Tests.Browsing;

/// <summary>The Chromium, or a browser built on it, that is installed here; no test downloads one.</summary>
public static class Chromium
{
    /// <summary>What a test says that is skipped for want of it.</summary>
    public const string HowToInstall =
        "There is no Chromium here. Install it (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium; "
        + "Windows: winget install Google.Chrome), or set the environment variable CHROMIUM to the path of the program.";

    /// <summary>What it is started with besides what Playwright gives: pages of files need no display and may have no network.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    /// <summary>Its path: what CHROMIUM names, and else the first that is found; null if there is none.</summary>
    public static string? Program { get; } = Find();

    private static string? Find() => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named
        ? File.Exists(named) ? named : null
        : OnPath().Concat(InstalledApart()).FirstOrDefault(File.Exists);

    private static IEnumerable<string> OnPath()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        string ending = OperatingSystem.IsWindows() ? ".exe" : string.Empty;
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name + ending)));
    }

    // Windows and macOS put browsers where no path leads.
    private static IEnumerable<string> InstalledApart()
    {
        if (OperatingSystem.IsMacOS())
        {
            string[] names = ["Chromium", "Google Chrome", "Microsoft Edge"];
            return names.Select(name => $"/Applications/{name}.app/Contents/MacOS/{name}");
        }

        string[] programs =
        [
            "Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe",
        ];
        Environment.SpecialFolder[] folders =
        [
            Environment.SpecialFolder.ProgramFiles,
            Environment.SpecialFolder.ProgramFilesX86,
            Environment.SpecialFolder.LocalApplicationData,
        ];
        return OperatingSystem.IsWindows()
            ? programs.SelectMany(program => folders.Select(folder => Path.Combine(Environment.GetFolderPath(folder), program)))
            : [];
    }
}
