using System.Diagnostics;
using System.Globalization;
using DagShell.Host.Hosting;

namespace DagShell.Host.Tests;

/// <summary>dagsh as a user starts it.</summary>
public sealed class ProcessTests
{
    [Fact]
    public void A_script_is_run_with_its_dag_from_any_folder()
    {
        string folder = Directory.CreateTempSubdirectory("dagsh-tests-").FullName;
        try
        {
            File.WriteAllText(
                Path.Combine(folder, "small.dag.ps1"),
                """
                param([int] $Count)
                foreach ($i in 1..$Count) { New-DagNode "N$i" { $using:i * 2 } }
                New-DagNode Bad { throw 'broken' } -DependsOn N1
                """);
            (int exitCode, string output, string errors) = Run(folder, "small.dag.ps1", "-Count", "2");
            Assert.Equal(ExitCode.Failure, exitCode);
            Assert.Matches(@"\| N2 +\| Succeeded +\| +1 \| +\S+ m?s \| 4 +\|", output);
            Assert.Contains("2 succeeded, 1 failed", output, StringComparison.Ordinal);
            Assert.Contains("broken", errors, StringComparison.Ordinal);
            Assert.Contains("at small.dag.ps1:3:", errors, StringComparison.Ordinal);
            Assert.DoesNotContain('\e', output + errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_text_is_run_and_exits_as_it_says()
    {
        (int exitCode, string output, string errors) =
            Run(".", "-Command", "Write-Host hello; Get-Item nosuch -ErrorAction Ignore; exit 3");
        Assert.Equal((3, "hello", ""), (exitCode, output.Trim(), errors));
    }

    [Fact]
    public void A_wrong_command_line_is_explained()
    {
        (int exitCode, string output, string errors) = Run(".", "nosuch.ps1");
        Assert.Equal((ExitCode.Usage, ""), (exitCode, output));
        Assert.Contains("nosuch.ps1", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_does_not_hang()
    {
        (int exitCode, _, string errors) = Run(".", "-Command", "Read-Host 'Name'");
        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains("'Name'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupt_stops_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using Process dagsh = Start(".", "-Command", "'started'; New-DagNode Slow { Start-Sleep 3600 }");
        Assert.Equal("started", dagsh.StandardOutput.ReadLine());
        using Process kill = Process.Start("kill", ["-INT", dagsh.Id.ToString(CultureInfo.InvariantCulture)]);
        dagsh.WaitForExit();
        Assert.Equal(ExitCode.Interrupted, dagsh.ExitCode);
    }

    private static (int ExitCode, string Output, string Errors) Run(string folder, params string[] arguments)
    {
        using Process dagsh = Start(folder, arguments);
        Task<string> errors = dagsh.StandardError.ReadToEndAsync();
        string output = dagsh.StandardOutput.ReadToEnd();
        dagsh.WaitForExit();
        return (dagsh.ExitCode, output, errors.Result);
    }

    private static Process Start(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "dagsh.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
