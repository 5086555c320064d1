using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DagShell.Tests.Browsing;

/// <summary>A headless Chromium with one page, spoken to by the protocol of its developer tools.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket;
    private readonly List<JsonNode> _events = [];
    private int _lastId;

    private Browser(Process process, string profile, ClientWebSocket socket)
    {
        _process = process;
        _profile = profile;
        _socket = socket;
    }

    /// <summary>What the page complained of: errors in its script, and what its own policy forbade.</summary>
    public IReadOnlyList<string> Complaints =>
    [
        .. Events("Runtime.exceptionThrown").Select(thrown => thrown["exceptionDetails"]!.ToJsonString()),
        .. Events("Log.entryAdded").Select(entry => entry["entry"]!["text"]!.GetValue<string>()),
        .. Events("Runtime.consoleAPICalled").Select(call => call.ToJsonString()),
    ];

    /// <summary>The addresses that the page asked for.</summary>
    public IReadOnlyList<string> Requests =>
        [.. Events("Network.requestWillBeSent").Select(sent => sent["request"]!["url"]!.GetValue<string>())];

    /// <summary>The first Chromium to be found; null if there is none.</summary>
    public static string? FindProgram()
    {
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        string ending = OperatingSystem.IsWindows() ? ".exe" : string.Empty;
        IEnumerable<string> programs = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name + ending)));
        return programs.Prepend(Environment.GetEnvironmentVariable("CHROMIUM")).FirstOrDefault(File.Exists);
    }

    /// <summary>Starts one.</summary>
    public static async Task<Browser> StartAsync()
    {
        string profile = Directory.CreateTempSubdirectory("dagshell-chromium-").FullName;
        ProcessStartInfo start = new(FindProgram()!)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", $"--user-data-dir={profile}", "--remote-debugging-port=0", "--window-size=1300,900", "about:blank",
            },
        };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri(await FindPageAsync(profile)), CancellationToken.None);
        Browser browser = new(process, profile, socket);
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await browser.SendAsync(domain + ".enable");
        }

        return browser;
    }

    /// <summary>Goes to a file, and waits until it is loaded.</summary>
    public async Task OpenAsync(string path, bool dark = false)
    {
        JsonObject scheme = new() { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" };
        await SendAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(scheme) });
        _events.Clear();
        await SendAsync("Page.navigate", new JsonObject { ["url"] = new Uri(path).AbsoluteUri });
        while (!Events("Page.loadEventFired").Any())
        {
            _events.Add(await ReceiveAsync());
        }

        // Sizes are told to the page's script with the next frame.
        await EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
    }

    /// <summary>What an expression comes to in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode answer = await SendAsync(
            "Runtime.evaluate",
            new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(answer["exceptionDetails"] is null, answer.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>What an expression comes to, as text.</summary>
    public async Task<string> TextAsync(string expression) => (await EvaluateAsync($"String({expression})"))!.GetValue<string>();

    /// <summary>Moves the mouse to the middle of an element, after it has been brought into view.</summary>
    public async Task HoverAsync(string selector)
    {
        var (x, y) = await MiddleOfAsync(selector);
        await MouseAsync("mouseMoved", x, y);
    }

    /// <summary>Clicks on the middle of an element.</summary>
    public async Task ClickAsync(string selector)
    {
        var (x, y) = await MiddleOfAsync(selector);
        await MouseAsync("mouseMoved", x, y);
        await MouseAsync("mousePressed", x, y, "left");
        await MouseAsync("mouseReleased", x, y, "left");
    }

    /// <summary>Drags the mouse from the middle of an element.</summary>
    public async Task DragAsync(string selector, double right, double down)
    {
        var (x, y) = await MiddleOfAsync(selector);
        await MouseAsync("mouseMoved", x, y);
        await MouseAsync("mousePressed", x, y, "left");
        await MouseAsync("mouseMoved", x + (right / 2), y + (down / 2), "left");
        await MouseAsync("mouseMoved", x + right, y + down, "left");
        await MouseAsync("mouseReleased", x + right, y + down, "left");
    }

    /// <summary>Turns the mouse wheel over the middle of an element.</summary>
    public async Task WheelAsync(string selector, double delta)
    {
        var (x, y) = await MiddleOfAsync(selector);
        await SendAsync(
            "Input.dispatchMouseEvent",
            new JsonObject { ["type"] = "mouseWheel", ["x"] = x, ["y"] = y, ["deltaX"] = 0, ["deltaY"] = delta });
    }

    /// <summary>Types a text into a field.</summary>
    public async Task TypeAsync(string selector, string text)
    {
        await ClickAsync(selector);
        await SendAsync("Input.insertText", new JsonObject { ["text"] = text });
    }

    /// <summary>Takes a picture of the page, for people to look at, where DAGSHELL_SCREENSHOTS names a folder.</summary>
    public async Task ShootAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("DAGSHELL_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await ShootToAsync(Path.Combine(folder, name + ".png"));
        }
    }

    /// <summary>Takes a picture of the part of the page that shows in the window, or of one of another size (pixels), made smaller or larger.</summary>
    public async Task ShootToAsync(string path, int width = 0, int height = 0, double scale = 1)
    {
        JsonObject parameters = new() { ["format"] = "png" };
        if (width > 0)
        {
            parameters["clip"] = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = height, ["scale"] = scale };
            parameters["captureBeyondViewport"] = true;
        }

        JsonNode shot = await SendAsync("Page.captureScreenshot", parameters);
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(shot["data"]!.GetValue<string>()));
    }

    /// <summary>Gives the window another size (pixels); 0 for the size that it had at first.</summary>
    public Task ResizeAsync(int width, int height) => SendAsync(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 0, ["mobile"] = false });

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser was still about to write; what is left lies in the folder for temporary files.
        }
    }

    private static async Task<string> FindPageAsync(string profile)
    {
        using HttpClient client = new();
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience)
        {
            await Task.Delay(100);
            try
            {
                string port = (await File.ReadAllLinesAsync(Path.Combine(profile, "DevToolsActivePort")))[0];
                JsonNode pages = JsonNode.Parse(await client.GetStringAsync($"http://127.0.0.1:{port}/json/list"))!;
                if (pages.AsArray().FirstOrDefault(page => page!["type"]!.GetValue<string>() == "page") is { } page)
                {
                    return page["webSocketDebuggerUrl"]!.GetValue<string>();
                }
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or IndexOutOfRangeException)
            {
                // Not there yet.
            }
        }

        throw new TimeoutException("Chromium did not open its port.");
    }

    private IEnumerable<JsonNode> Events(string method) =>
        _events.Where(happened => happened["method"]?.GetValue<string>() == method).Select(happened => happened["params"]!);

    private async Task<(double X, double Y)> MiddleOfAsync(string selector)
    {
        JsonNode? place = await EvaluateAsync($$"""
            (() => {
                const element = document.querySelector({{JsonSerializer.Serialize(selector)}});
                element.scrollIntoView({ block: 'center', behavior: 'instant' });
                const place = element.getBoundingClientRect();
                return [place.left + place.width / 2, place.top + place.height / 2];
            })()
            """);
        return (place![0]!.GetValue<double>(), place[1]!.GetValue<double>());
    }

    private async Task MouseAsync(string type, double x, double y, string button = "none")
    {
        int pressed = button == "left" ? 1 : 0;
        await SendAsync(
            "Input.dispatchMouseEvent",
            new JsonObject { ["type"] = type, ["x"] = x, ["y"] = y, ["button"] = button, ["buttons"] = pressed, ["clickCount"] = pressed });
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_lastId;
        JsonObject message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        byte[] bytes = Encoding.UTF8.GetBytes(message.ToJsonString());
        await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        while (true)
        {
            JsonNode answer = await ReceiveAsync();
            if (answer["id"]?.GetValue<int>() == id)
            {
                Assert.True(answer["error"] is null, $"{method}: {answer.ToJsonString()}");
                return answer["result"]!;
            }

            _events.Add(answer);
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using CancellationTokenSource limit = new(Patience);
        using MemoryStream message = new();
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonNode.Parse(message.ToArray())!;
            }
        }
    }
}
