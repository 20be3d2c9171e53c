namespace Spool.Benchmarks;

/// <summary>The memory of every command on a home of many threads and on one with a very long history.</summary>
static class MemoryBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var many = await MeasureAsync(run.Program(run.Many), run.Many.Threads[run.Many.Threads.Count / 2]);
        var big = await MeasureAsync(run.Program(run.Big), run.Big.Threads[^1]);
        var table = new ResultTable("command", "many threads: MB", "ms", "output MB", "big thread: MB", "ms", "output MB");
        var floor = many[0].Run;
        foreach (var ((command, run1), (_, run2)) in many.Zip(big))
            table.Add(
                command,
                MB(run1.PeakBytes),
                ResultTable.Text(run1.Elapsed.TotalMilliseconds),
                MB(run1.OutputBytes),
                MB(run2.PeakBytes),
                ResultTable.Text(run2.Elapsed.TotalMilliseconds),
                MB(run2.OutputBytes)
            );
        run.Show(table);
        var (worst, most) = many.Concat(big).MaxBy(entry => entry.Run.PeakBytes);
        run.Say(
            $"The largest has {ResultTable.Ratio((double)most.PeakBytes!.Value / floor.PeakBytes!.Value)} the memory of '{many[0].Command}'."
        );
        run.Targets.AtMost($"peak resident memory, all commands; the largest: {worst}", most.PeakBytes.Value / 1e6, 150, "MB");
    }

    static async Task<List<(string Command, ProcessRun Run)>> MeasureAsync(SpoolProgram program, GeneratedThread thread)
    {
        var id = thread.Id.ToString();
        string[][] commands =
        [
            ["--version"],
            ["list", "--json"],
            ["index", "rebuild"],
            ["index", "status"],
            ["list", "--limit", "50", "--json"],
            ["list", "--limit", "1000", "--json"],
            ["list", "--search", "turn 1"],
            ["show", id],
            ["show", id, "--turns"],
            ["show", id, "--turns", "--limit", "1000", "--json"],
            ["show", id, "--items"],
            ["show", id, "--items", "--limit", "10000", "--json"],
            ["export", id, "--format", "jsonl"],
            ["export", id, "--format", "json"],
            ["export", id, "--format", "md"],
            ["export", id, "--format", "html"],
        ];
        var runs = new List<(string, ProcessRun)>();
        foreach (var command in commands)
        {
            var name = string.Join(" ", command.Select(word => word == id ? "ID" : word)) + (runs.Count == 1 ? " (no index yet)" : "");
            runs.Add(
                (
                    name,
                    command is ["--version"]
                        ? await MeasuredProcess.RunWithMemoryAsync(program.Program, command)
                        : await program.RunWithMemoryAsync(command)
                )
            );
        }
        return runs;
    }

    static string MB(long? bytes) => ResultTable.Text((bytes ?? 0) / 1e6);
}
