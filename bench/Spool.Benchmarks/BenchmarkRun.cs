using System.Diagnostics;

namespace Spool.Benchmarks;

/// <summary>What the benchmarks of one run share: settings, homes and where results go.</summary>
sealed class BenchmarkRun(BenchmarkSettings settings, TextWriter output) : IDisposable
{
    readonly string _folder = Path.Join(settings.WorkFolder, $"run-{Environment.ProcessId}");
    GeneratedHome? _many,
        _big;
    int _lastFolder;

    public BenchmarkSettings Settings => settings;

    public Targets Targets { get; } = new(output);

    /// <summary>Gets the shape of the home of many threads.</summary>
    public HomeShape ManyShape => new() { Threads = settings.Threads };

    /// <summary>Gets the home of many threads.</summary>
    public GeneratedHome Many => _many ??= Generate(ManyShape);

    /// <summary>Gets the home with the big rollout.</summary>
    public GeneratedHome Big => _big ??= Generate(new HomeShape { Threads = 100, BigRolloutBytes = settings.BigBytes });

    /// <summary>Prints a line.</summary>
    public void Say(string line) => output.WriteLine(line);

    /// <summary>Prints a table.</summary>
    public void Show(ResultTable table) => table.Write(output);

    /// <summary>Makes a home that only one benchmark uses.</summary>
    public GeneratedHome Generate(HomeShape shape)
    {
        var start = Stopwatch.GetTimestamp();
        var home = HomeGenerator.Generate(NewFolder("home"), shape);
        output.WriteLine(
            FormattableString.Invariant(
                $"(home: {home.Threads.Count:#,0} threads, {home.Threads.Sum(thread => thread.Items):#,0} items, {home.Bytes / 1e6:#,0} MB; made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s)"
            )
        );
        return home;
    }

    /// <summary>Gives the path of a folder that does not exist yet.</summary>
    public string NewFolder(string name) => Path.Join(_folder, FormattableString.Invariant($"{name}-{++_lastFolder}"));

    /// <summary>Gives the command line on a home, with a new index.</summary>
    public SpoolProgram Program(GeneratedHome home) => new(settings.Spool, home.Folder, NewFolder("cache"));

    /// <summary>Opens a store on a home, with a new index.</summary>
    /// <param name="home">The home's folder.</param>
    /// <param name="cache">The folder of its index, or null for a new one.</param>
    /// <param name="reconcile">How often it looks at the disk, or null for at every call.</param>
    public LocalThreadStore Open(string home, string? cache = null, TimeSpan? reconcile = null) =>
        LocalThreadStore.Open(
            new LocalThreadStoreOptions
            {
                Home = home,
                CacheDirectory = cache ?? NewFolder("cache"),
                ReconcileInterval = reconcile,
            }
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(settings.WorkFolder) && !Directory.EnumerateFileSystemEntries(settings.WorkFolder).Any())
            Directory.Delete(settings.WorkFolder);
    }
}

/// <summary>A benchmark by its name.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Title">What is measured.</param>
/// <param name="RunAsync">Measures it.</param>
sealed record Benchmark(string Name, string Title, Func<BenchmarkRun, Task> RunAsync);
