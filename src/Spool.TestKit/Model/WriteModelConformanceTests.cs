using System.Text;
using Xunit;

namespace Spool.TestKit;

/// <summary>Compares a store with a plain model: random changes of a few threads. A failure names the seed that makes it again, and what
/// was done.</summary>
public class WriteModelConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    const int Steps = 90;

    /// <summary>Gets the seeds of the runs; a store that is slow may take fewer, a long run more.</summary>
    protected virtual IEnumerable<int> Seeds => Enumerable.Range(1, 10);

    /// <summary>MODL-03.</summary>
    [Fact, Guarantee("MODL-03")]
    public async Task After_random_changes_a_store_holds_what_a_plain_model_says()
    {
        foreach (var seed in Seeds)
        {
            await using var harness = CreateHarness();
            await using var run = new WriteModelRun(harness, seed, Cancellation);
            await run.OpenAsync();
            try
            {
                for (var step = 0; step < Steps; step++)
                {
                    await run.StepAsync();
                    if (step % 6 == 5)
                        await run.CompareAsync();
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(
                    new StringBuilder($"Seed {seed}: {e.Message}\n").AppendJoin('\n', run.Done).ToString(),
                    e
                );
            }
        }
    }
}
