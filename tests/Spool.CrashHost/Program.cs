using System.Globalization;
using System.Text;
using Spool;
using Spool.CrashHost;
using Spool.Remote;

// The process that the tests kill: how to work, then --NAME VALUE pairs.
var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (var i = 1; i + 1 < args.Length; i += 2)
    options[args[i]] = args[i + 1];
using var output = Console.OpenStandardOutput();
var gate = new Lock();
var store = options.TryGetValue("--server", out var server)
    ? new RemoteThreadStore(new RemoteThreadStoreOptions(new Uri(server)))
    : (IThreadStore)Open();
var run = options["--run"];
var random = new Random(Number("--seed", 1));
try
{
    switch (args[0])
    {
        case "work":
            var worker = new Worker(store, run, Report);
            await worker.FindThreadsAsync();
            var steps = Number("--steps", int.MaxValue);
            await Task.WhenAll(
                Enumerable
                    .Range(0, Number("--workers", 4))
                    .Select(_ => random.Next())
                    .ToList()
                    .Select(seed => Task.Run(() => worker.RunAsync(new Random(seed), steps)))
            );
            break;
        case "fight":
            await new Fighter(store, run, Report).RunAsync(
                ThreadId.Parse(options["--thread"]),
                options["--mode"],
                TimeSpan.FromSeconds(Number("--seconds", 5)),
                random
            );
            break;
        case "together":
            await new Together(store, Report).ChangeAsync(
                [.. options["--threads"].Split(',').Select(ThreadId.Parse)],
                TimeSpan.FromSeconds(Number("--seconds", 5)),
                random
            );
            break;
        case "watch":
            await new Together(store, Report).WatchAsync(
                [.. options["--threads"].Split(',').Select(ThreadId.Parse)],
                TimeSpan.FromSeconds(Number("--seconds", 5))
            );
            break;
        case "hold":
            var held = await WorkSession.CreateAsync(store, ThreadId.Parse(options["--thread"]), HistoryModes.Legacy, run, Report);
            await held.AppendAsync(1, Durability.Flushed);
            await Task.Delay(Timeout.Infinite);
            break;
        case "fill":
            await new Filler(store, run, Report).RunAsync(options["--ballast"]);
            break;
        case "crowd":
            await new Crowd(
                () => LocalThreadStore.Open(Settings() with { Notice = text => Report("notice " + text) }),
                run,
                Report
            ).RunAsync(Number("--rounds", 4));
            break;
        case "lose":
            await new Filler(store, run, Report).LoseTheDiskAsync(options["--break"], options["--mend"]);
            break;
        case "delete":
            foreach (var left in (await store.DeleteAsync(ThreadId.Parse(options["--thread"]))).Left)
                Report($"left {left.What}: {left.Why}");
            break;
        case "refused":
            await new Filler(store, run, Report).BeRefusedAsync();
            break;
        default:
            throw new ArgumentException($"'{args[0]}' is not a way to work.");
    }
    await store.DisposeAsync();
    Report("done");
    return 0;
}
catch (Exception e)
{
    Report("failed " + e.ToString().ReplaceLineEndings(" | "));
    return 3;
}

LocalThreadStoreOptions Settings() => new() { Home = options["--home"], CacheDirectory = options["--cache"] };

LocalThreadStore Open()
{
    var settings = Settings();
    return Number("--die-at", 0) is > 0 and var step
        ? LocalThreadStore.Open(settings, new DyingFileSystem(PhysicalFileSystem.Instance, step, new Random(Number("--seed", 1))))
        : LocalThreadStore.Open(settings);
}

int Number(string name, int otherwise) =>
    options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

// One write for each line, so that a line that was begun is whole.
void Report(string line)
{
    var bytes = Encoding.UTF8.GetBytes(line + "\n");
    lock (gate)
        output.Write(bytes);
}
