using System.Globalization;

namespace Spool.Local.Tests;

/// <summary>Processes that settle rows, interleaved with each other and with changes of the disk in every way that a seed can say.</summary>
/// <remarks><c>SPOOL_SETTLING_SEEDS</c> sets how many.</remarks>
public sealed class SettlementTests
{
    static readonly int Seeds = int.TryParse(Environment.GetEnvironmentVariable("SPOOL_SETTLING_SEEDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var seeds) ? seeds : 5_000;

    [Fact]
    public void However_processes_are_interleaved_a_call_answers_what_was_there_before_it_began_and_no_row_is_lost()
    {
        for (var seed = 0; seed < Seeds; seed++)
            new SettlingWorld(seed, SettlingFault.None).Run();
    }

    [Theory]
    [InlineData((int)SettlingFault.BelievesTheLook)]
    [InlineData((int)SettlingFault.LooksAtOneSide)]
    [InlineData((int)SettlingFault.ComparesThePathOnly)]
    public void A_settlement_that_leaves_out_one_of_its_checks_is_found(int fault) => Assert.Throws<InvalidOperationException>(() =>
    {
        for (var seed = 0; seed < Seeds; seed++)
            new SettlingWorld(seed, (SettlingFault)fault).Run();
    });
}
