using System.Globalization;

namespace Spool.Benchmarks;

/// <summary>Fills the index of a home that has no rollouts, to measure lists at sizes for which files would take too long.</summary>
/// <remarks>In place of the folder of each year the home has a link that leads nowhere. A store cannot say what is behind it, and keeps
/// what its index knows of it.</remarks>
sealed class IndexGenerator(int seed)
{
    const int RowsPerTransaction = 10_000;
    const int RareEvery = 2000;
    static readonly DateTimeOffset First = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The source that one thread in 2,000 has.</summary>
    public const string RareSource = "exec";

    /// <summary>Gives the folder in which a thread works; there are 50.</summary>
    public static string Cwd(int number) => $"/home/dev/project-{number % 50}";

    /// <summary>Fills the index.</summary>
    /// <param name="home">The home's folder.</param>
    /// <param name="cache">The folder of indexes.</param>
    /// <param name="rows">How many threads.</param>
    public void Fill(string home, string cache, int rows)
    {
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(Path.Join(home, "sessions"));
        for (var year = 1970; year < 2100; year++)
            File.CreateSymbolicLink(Path.Join(home, "sessions", year.ToString(CultureInfo.InvariantCulture)), "nowhere");
        using var connection = new IndexDatabase(cache, home).Connect();
        // Until the measurement begins, nothing would be lost with this file.
        connection.Execute("PRAGMA synchronous = OFF");
        connection.Execute("PRAGMA cache_size = -512000");
        var table = new RolloutTable(connection);
        for (var from = 0; from < rows; from += RowsPerTransaction)
        {
            connection.Write(() =>
            {
                for (var number = from; number < Math.Min(rows, from + RowsPerTransaction); number++)
                    Insert(table, number);
            });
        }
    }

    /// <summary>Gives the place of a thread in a list by creation.</summary>
    public PagePosition PositionOf(int number)
    {
        var created = CreatedMs(number);
        return new PagePosition(created, IdOf(number, created));
    }

    static long CreatedMs(int number) => First.ToUnixTimeMilliseconds() + number * 60_000L;

    Guid IdOf(int number, long created) => SeededRandom.Of(seed, number) is var random ? random.Id(created) : default;

    void Insert(RolloutTable table, int number)
    {
        var created = CreatedMs(number);
        var id = new ThreadId(IdOf(number, created));
        var text = $"{number}: please look at the tests of project {number % 50} and repair whichever of them does not pass any more";
        var facts = new ThreadFacts
        {
            Id = id,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(created),
            LastItemAt = DateTimeOffset.FromUnixTimeMilliseconds(created + 30_000),
            LastTurnAt = DateTimeOffset.FromUnixTimeMilliseconds(created + 10_000),
            Cwd = Cwd(number),
            Source =
                number % RareEvery == 7 ? $"\"{RareSource}\""
                : number % 4 == 1 ? "\"cli\""
                : "\"vscode\"",
            HistoryMode = HistoryModes.Legacy,
            ModelProvider = "mock",
            Model = "mock-model",
            CliVersion = "0.125.0",
            Originator = "generator",
            FirstUserMessage = text,
            Preview = text,
        };
        var day = DateTimeOffset.FromUnixTimeMilliseconds(created).UtcDateTime;
        var row = new RolloutRow
        {
            Path = FormattableString.Invariant($"sessions/{day:yyyy'/'MM'/'dd}/rollout-{day:yyyy-MM-dd'T'HH-mm-ss}-{id}.jsonl"),
            Stamp = new FileStamp(20_000, created * 1_000_000, number + 1, created * 1_000_000),
            ClaimedThread = id,
            Rollout = id,
            Scan = new ScanState
            {
                Facts = facts,
                Length = 20_000,
                Totals = new LogTotals
                {
                    Lines = 40,
                    NextOrdinal = 40,
                    AppendOrdinal = 40,
                },
                Hash = (ulong)number,
            },
        };
        row = row with { Key = table.Upsert(row) };
        table.WriteListing(new ListedThread(row.Key, Listing.Default, StoredThreadComposer.Compose(row, id)));
    }
}
