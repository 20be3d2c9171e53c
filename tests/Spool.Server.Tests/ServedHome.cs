using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Spool.Server.Tests;

/// <summary>A new home in a folder of its own, and the real program that serves it.</summary>
sealed partial class ServedHome : IAsyncDisposable
{
    public ServedHome() => Folder = Directory.CreateTempSubdirectory("spool-serve-").FullName;

    public string Folder { get; }

    /// <summary>Gets how many files the program may open, or null for as many as this one.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>Starts the program and waits until it listens.</summary>
    public Task<ServedProgram> ServeAsync(params string[] arguments) => ServeAsync(variables: [], arguments);

    /// <summary>Starts the program with variables in its environment and waits until it listens.</summary>
    public async Task<ServedProgram> ServeAsync((string Name, string Value)[] variables, params string[] arguments)
    {
        var (program, words) = await ListenAsync(Start(["--listen", "http://127.0.0.1:0", .. arguments], variables));
        Assert.True(program is not null, "The program ended: " + string.Join('\n', words));
        return program;
    }

    /// <summary>Starts the program and waits until it listens, or gives null when it ends.</summary>
    public async Task<ServedProgram?> TryServeAsync(params string[] arguments) => (await ListenAsync(Start(arguments, []))).Program;

    static async Task<(ServedProgram? Program, List<string> Words)> ListenAsync(Process process)
    {
        const string Prefix = "listening on ";
        var greeting = new List<string>();
        do
        {
            if (await process.StandardError.ReadLineAsync(Given.Cancellation) is not { } line)
            {
                await process.WaitForExitAsync(Given.Cancellation);
                process.Dispose();
                return (null, greeting);
            }
            greeting.Add(line);
        } while (!greeting[^1].StartsWith("stop it", StringComparison.Ordinal));
        Assert.StartsWith(Prefix, greeting[0], StringComparison.Ordinal);
        return (new ServedProgram(process, greeting[0][Prefix.Length..], greeting), greeting);
    }

    /// <summary>Runs the program to its end.</summary>
    public Task<(int Code, string Words)> RunAsync(params string[] arguments) => RunAsync(variables: [], arguments);

    /// <summary>Runs the program with variables in its environment to its end.</summary>
    public async Task<(int Code, string Words)> RunAsync((string Name, string Value)[] variables, params string[] arguments)
    {
        using var process = Start(arguments, variables);
        var words = await process.StandardError.ReadToEndAsync(Given.Cancellation);
        await process.WaitForExitAsync(Given.Cancellation);
        return (process.ExitCode, words);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts the program and leaves it to itself.</summary>
    public Process Start(string[] arguments) => Start(arguments, []);

    Process Start(string[] arguments, (string Name, string Value)[] variables)
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        // Tests that run in the background of a shell ignore SIGINT, and so would the program that they start.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", dotnet] : [dotnet];
        if (OpenFiles is { } most)
            command = ["prlimit", $"--nofile={most}", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Folder,
        };
        foreach (
            var word in (string[])
                [
                    Path.Join(AppContext.BaseDirectory, "Spool.Cli.dll"),
                    "serve",
                    "--home",
                    Path.Join(Folder, "home"),
                    "--cache",
                    Path.Join(Folder, "cache"),
                    .. arguments,
                ]
        )
            start.ArgumentList.Add(word);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The running program.</summary>
    internal sealed partial class ServedProgram(Process process, string address, IReadOnlyList<string> greeting) : IAsyncDisposable
    {
        public string Address => address;

        /// <summary>Gets what it said when it began to listen.</summary>
        public IReadOnlyList<string> Greeting => greeting;

        /// <summary>Gets the most memory that it ever had, in MiB.</summary>
        public int PeakMiB =>
            int.Parse(
                File.ReadLines($"/proc/{process.Id}/status")
                    .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
                System.Globalization.CultureInfo.InvariantCulture
            ) / 1024;

        /// <summary>Gets how long processors worked for it.</summary>
        public TimeSpan ProcessorTime
        {
            get
            {
                process.Refresh();
                return process.TotalProcessorTime;
            }
        }

        /// <summary>Changes how many files it may open from now on.</summary>
        public async Task LimitFilesAsync(int most)
        {
            using var limiting = Process.Start("prlimit", [$"--pid={process.Id}", $"--nofile={most}:{Math.Max(most, 900)}"]);
            await limiting.WaitForExitAsync(Given.Cancellation);
            Assert.Equal(0, limiting.ExitCode);
        }

        /// <summary>Gives the next line that it says.</summary>
        public async Task<string?> ReadLineAsync()
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
            timeout.CancelAfter(TimeSpan.FromSeconds(30));
            return await process.StandardError.ReadLineAsync(timeout.Token);
        }

        /// <summary>Sends a signal.</summary>
        public void Signal(PosixSignal signal) => Assert.Equal(0, SendSignal(process.Id, signal == PosixSignal.SIGINT ? 2 : 15));

        /// <summary>Sends a signal and gives the exit code and what was said besides.</summary>
        public async Task<(int Code, string Words)> StopAsync(PosixSignal signal)
        {
            Signal(signal);
            return await EndAsync();
        }

        /// <summary>Waits for its end and gives the exit code and what was said besides.</summary>
        public async Task<(int Code, string Words)> EndAsync()
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
            timeout.CancelAfter(TimeSpan.FromSeconds(30));
            var words = await process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, words);
        }

        public void Kill() => process.Kill();

        public async ValueTask DisposeAsync()
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        [LibraryImport("libc", EntryPoint = "kill")]
        public static partial int SendSignal(int process, int signal);
    }
}
