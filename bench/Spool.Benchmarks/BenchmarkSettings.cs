namespace Spool.Benchmarks;

/// <summary>What a run of the benchmarks was asked for.</summary>
sealed record BenchmarkSettings
{
    /// <summary>Gets the benchmarks to run, in this order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Gets whether small sizes and few rounds are enough: to see that everything runs, not to measure.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Gets the published command line.</summary>
    public required string Spool { get; init; }

    /// <summary>Gets the program of the real Codex to compare with, or null.</summary>
    public string? Codex { get; init; }

    /// <summary>Gets the folder for homes and indexes. What the benchmarks make in it they remove.</summary>
    public required string WorkFolder { get; init; }

    /// <summary>Gets how many threads the home of many threads has.</summary>
    public int Threads => IsQuick ? 300 : 10_000;

    /// <summary>Gets how many threads a small home has.</summary>
    public int FewThreads => IsQuick ? 50 : 1_000;

    /// <summary>Gets how many threads a very large home has.</summary>
    public int VeryManyThreads => IsQuick ? 500 : 100_000;

    /// <summary>Gets how long the big rollout is.</summary>
    public long BigBytes => IsQuick ? 16L << 20 : 1L << 30;

    /// <summary>Reads the arguments of the program.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="known">The names of all benchmarks.</param>
    /// <exception cref="ArgumentException">They cannot be understood.</exception>
    public static BenchmarkSettings Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> known)
    {
        var names = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var isQuick = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--quick")
                isQuick = true;
            else if (arguments[i] is "--spool" or "--codex" or "--work" && i + 1 < arguments.Count)
                values[arguments[i]] = arguments[++i];
            else if (known.Contains(arguments[i]))
                names.Add(arguments[i]);
            else
                throw new ArgumentException(
                    $"'{arguments[i]}' is not one of: {string.Join(", ", known)}, --quick, --spool PROGRAM, --codex PROGRAM, --work DIR."
                );
        }
        return new BenchmarkSettings
        {
            Names = names.Count > 0 ? names : known,
            IsQuick = isQuick,
            Spool = Path.GetFullPath(
                values.GetValueOrDefault("--spool") ?? throw new ArgumentException("Name the command line with --spool.")
            ),
            Codex = values.TryGetValue("--codex", out var codex) ? Path.GetFullPath(codex) : null,
            WorkFolder = Path.GetFullPath(
                values.GetValueOrDefault("--work") ?? Path.Join(Path.GetTempPath(), $"spool-bench-{Environment.ProcessId}")
            ),
        };
    }
}
