using System.Globalization;

namespace Spool.Local.Tests;

/// <summary>Processes that settle rows, interleaved with each other and with changes of the disk in every way that a seed can
/// say.</summary>
/// <remarks><c>SPOOL_SETTLING_SEEDS</c> sets how many.</remarks>
public sealed class SettlementTests
{
    static readonly int Seeds = int.TryParse(
        Environment.GetEnvironmentVariable("SPOOL_SETTLING_SEEDS"),
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out var seeds
    )
        ? seeds
        : 5_000;

    [Fact]
    public void However_processes_are_interleaved_a_call_answers_what_was_there_before_it_began_and_no_row_is_lost()
    {
        for (var seed = 0; seed < Seeds; seed++)
            new SettlingWorld(seed, SettlingFault.None).Run();
    }

    [Fact]
    public void A_file_that_a_look_saw_and_that_can_no_longer_be_asked_about_has_a_row_and_is_looked_at_again()
    {
        const string Path = "sessions/rollout-x.jsonl";
        var rows = new UnknownRows();

        new RowSettlement(rows).Settle(Path, UnknownRows.Pass(Path, null));
        new RowSettlement(rows).Settle(Path, UnknownRows.Pass(Path, rows.Taken!.Known));

        Assert.Equal((Path, FileStamp.None, 1), (rows.Taken!.Path, rows.Taken.Stamp, rows.Count));
    }

    [Theory]
    [InlineData((int)SettlingFault.BelievesTheLook)]
    [InlineData((int)SettlingFault.LooksAtOneSide)]
    [InlineData((int)SettlingFault.ComparesThePathOnly)]
    public void A_settlement_that_leaves_out_one_of_its_checks_is_found(int fault) =>
        Assert.Throws<InvalidOperationException>(() =>
        {
            for (var seed = 0; seed < Seeds; seed++)
                new SettlingWorld(seed, (SettlingFault)fault).Run();
        });

    // A disk that gives names and then no answers.
    sealed class UnknownRows : ISettledRows
    {
        public TakenRow? Taken { get; private set; }

        public int Count { get; private set; }

        public static RolloutScan Pass(string path, KnownRollout? from) =>
            new(
                new RolloutRow
                {
                    Path = path,
                    Stamp = new FileStamp(1, 1, 1, 1),
                    ClaimedThread = default,
                    Rollout = default,
                    Scan = new ScanState { Facts = new ThreadFacts(), Totals = new LogTotals() },
                },
                null,
                null
            )
            {
                From = from,
                Inode = 1,
            };

        public KnownRollout? RowAt(string path) => Taken?.Known;

        public IReadOnlyList<string> PlacesOf(KnownRollout row) => [];

        public FileFinding Find(string path) => FileFinding.Unknown;

        public RolloutScan? Read(ScannedRollout file, KnownRollout? row) =>
            throw new InvalidOperationException("There is nothing to read.");

        public void Take(RolloutScan scan) => (Taken, Count) = (new TakenRow(scan.Row.Path, scan.Row.Stamp), Count + 1);

        public void Rename(KnownRollout row, string path) => throw new InvalidOperationException("Nothing was moved.");

        public void Forget(KnownRollout row) => throw new InvalidOperationException("Nothing is gone.");
    }

    sealed record TakenRow(string Path, FileStamp Stamp)
    {
        public KnownRollout Known => new(1, Path, Stamp);
    }
}
