using System.Diagnostics;
using System.Globalization;

namespace Spool.Benchmarks;

/// <summary>How a process ran.</summary>
/// <param name="Elapsed">From its start to the last byte of its output.</param>
/// <param name="OutputBytes">How much it wrote.</param>
/// <param name="PeakBytes">The most memory it had resident, or null when that was not asked for.</param>
sealed record ProcessRun(TimeSpan Elapsed, long OutputBytes, long? PeakBytes);

/// <summary>Runs programs to their end.</summary>
static class MeasuredProcess
{
    const string TimeProgram = "/usr/bin/time";

    /// <summary>Runs a program and measures the time to the last byte of its output.</summary>
    public static Task<ProcessRun> RunAsync(string program, params IEnumerable<string> arguments) =>
        RunAsync(program, arguments, peakFile: null);

    /// <summary>Runs a program and measures its memory too, with GNU time, or by looking at it every few milliseconds where that is
    /// missing.</summary>
    public static async Task<ProcessRun> RunWithMemoryAsync(string program, params IEnumerable<string> arguments)
    {
        if (!File.Exists(TimeProgram))
            return await RunAsync(program, arguments, peakFile: null, samplesMemory: true);
        var report = Path.GetTempFileName();
        try
        {
            return await RunAsync(TimeProgram, ["-f", "%M", "-o", report, program, .. arguments], report);
        }
        finally
        {
            File.Delete(report);
        }
    }

    static async Task<ProcessRun> RunAsync(string program, IEnumerable<string> arguments, string? peakFile, bool samplesMemory = false)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var sampled = samplesMemory ? SamplePeakAsync(process.Id) : null;
        var bytes = await DrainAsync(process.StandardOutput.BaseStream);
        var elapsed = Stopwatch.GetElapsedTime(began);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");
        var peak =
            peakFile is not null ? long.Parse((await File.ReadAllLinesAsync(peakFile))[^1], CultureInfo.InvariantCulture) * 1024
            : sampled is not null ? await sampled
            : (long?)null;
        return new ProcessRun(elapsed, bytes, peak);
    }

    static async Task<long> DrainAsync(Stream output)
    {
        var buffer = new byte[256 * 1024];
        long bytes = 0;
        for (int read; (read = await output.ReadAsync(buffer)) > 0; )
            bytes += read;
        return bytes;
    }

    static async Task<long> SamplePeakAsync(int id)
    {
        long peak = 0;
        while (PeakOf(id) is > 0 and var now)
        {
            peak = Math.Max(peak, now);
            await Task.Delay(2);
        }
        return peak;
    }

    /// <summary>Gives the most memory that a running process has had resident, or 0 when it has ended.</summary>
    public static long PeakOf(int id)
    {
        try
        {
            return
                File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
                ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024
                : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
