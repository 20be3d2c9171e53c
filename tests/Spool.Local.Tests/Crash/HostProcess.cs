using System.Diagnostics;
using System.Globalization;

namespace Spool.Local.Tests;

/// <summary>A process of <c>Spool.CrashHost</c> that works on a home and is read line by line.</summary>
sealed class HostProcess : IDisposable
{
    readonly Process _process;
    readonly Ledger _ledger;
    readonly List<string> _other = [];

    HostProcess(Process process, Ledger ledger)
    {
        _process = process;
        _ledger = ledger;
    }

    /// <summary>Gets what was printed that is no line of a session: <c>done</c>, <c>failed …</c>, <c>busy …</c>.</summary>
    public IReadOnlyList<string> Other => _other;

    /// <summary>Gets the process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Gets the program, for <c>dotnet</c>.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Spool.CrashHost.dll");

    /// <summary>Starts a process.</summary>
    /// <param name="home">The home.</param>
    /// <param name="ledger">Notes what is sent and promised.</param>
    /// <param name="arguments">How it works.</param>
    public static HostProcess Start(TempHome home, Ledger ledger, params IEnumerable<object> arguments) =>
        Start("dotnet", ledger, [Program, .. arguments, "--home", home.Path, "--cache", home.Cache]);

    /// <summary>Starts a process behind another program.</summary>
    public static HostProcess Start(string program, Ledger ledger, IEnumerable<object> arguments)
    {
        var start = new ProcessStartInfo(program, arguments.Select(argument => string.Create(CultureInfo.InvariantCulture, $"{argument}")))
        {
            RedirectStandardOutput = true,
        };
        return new HostProcess(Process.Start(start)!, ledger);
    }

    /// <summary>Notes lines until so many receipts came or the process ended.</summary>
    /// <returns>Whether they came.</returns>
    public async Task<bool> ReadAsync(int receipts = int.MaxValue)
    {
        while (receipts > 0)
        {
            if (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is not { } line)
                return false;
            if (!_ledger.Read(line))
                _other.Add(line);
            else if (line.StartsWith("kept ", StringComparison.Ordinal))
                receipts--;
        }
        return true;
    }

    /// <summary>Kills the process as a failing machine would, with a signal that it cannot notice, and notes what it still said.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await EndAsync();
    }

    /// <summary>Notes everything until the process ends.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        await ReadAsync();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
