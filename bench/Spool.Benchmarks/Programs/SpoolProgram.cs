namespace Spool.Benchmarks;

/// <summary>The published command line on one home with an index folder of its own.</summary>
sealed record SpoolProgram(string Program, string Home, string Cache)
{
    /// <summary>Runs a command.</summary>
    public Task<ProcessRun> RunAsync(params IEnumerable<string> command) => MeasuredProcess.RunAsync(Program, Arguments(command));

    /// <summary>Runs a command and measures its memory.</summary>
    public Task<ProcessRun> RunWithMemoryAsync(params IEnumerable<string> command) =>
        MeasuredProcess.RunWithMemoryAsync(Program, Arguments(command));

    IEnumerable<string> Arguments(IEnumerable<string> command) => [.. command, "--home", Home, "--cache", Cache];
}
