using Spool.Benchmarks;

Benchmark[] all =
[
    new("list", "A page of 50 threads, the index warm", ListBenchmark.RunAsync),
    new("first-list", "The first page ever of a home, from process start to the last byte", FirstListBenchmark.RunAsync),
    new("catch-up", "What another program appended appears in the next list", CatchUpBenchmark.RunAsync),
    new("turns", "The last page of turns of one big rollout", TurnsBenchmark.RunAsync),
    new("history", "The whole history of one big rollout as a stream of items", HistoryBenchmark.RunAsync),
    new("index", "A page of 50 of very many threads, from the index alone", IndexBenchmark.RunAsync),
    new("memory", "Peak resident memory of every command", MemoryBenchmark.RunAsync),
    new("append", "Items that the operating system keeps, into one thread", AppendBenchmark.RunAsync),
    new("fsync", "Items that are on the disk when they are acknowledged", FsyncBenchmark.RunAsync),
    new("index-cost", "What the index takes from the rate of appends", IndexCostBenchmark.RunAsync),
    new("live-threads", "Memory of a process with very many open threads", LiveThreadsBenchmark.RunAsync),
    new("resume", "Taking up a thread, short or very long", ResumeBenchmark.RunAsync),
    new("one-thread", "Finding, opening and changing one thread of a small and of a very large home", OneThreadBenchmark.RunAsync),
    new("forks", "A thousand forks, and the index of them", ForksBenchmark.RunAsync),
    new("remote", "Appends and histories through a server on this machine", RemoteBenchmark.RunAsync),
];
if (await LiveThreadsBenchmark.IsChildAsync(args))
    return 0;
BenchmarkSettings settings;
try
{
    settings = BenchmarkSettings.Parse(args, [.. all.Select(benchmark => benchmark.Name)]);
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
using var run = new BenchmarkRun(settings, Console.Out);
Console.WriteLine(Machine.Describe());
if (settings.IsQuick)
    Console.WriteLine("Quick: small sizes and few rounds; the numbers say that everything runs, not how fast.");
foreach (var name in settings.Names)
{
    var benchmark = all.Single(candidate => candidate.Name == name);
    Console.WriteLine($"\n## {benchmark.Name}: {benchmark.Title}\n");
    await benchmark.RunAsync(run);
}

// A missed target is a result, not a failure; whoever wants it to be one reads the words.
Console.WriteLine($"\n{run.Targets.Missed} targets missed.");
return 0;
