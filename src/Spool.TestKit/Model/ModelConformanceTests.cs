using System.Globalization;
using Xunit;

namespace Spool.TestKit;

/// <summary>Compares a store with a plain model: random homes, random questions. A failure names the seed that makes it again.</summary>
public class ModelConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>Gets the seeds of the homes; a store that is slow to fill may take fewer, a long run more.</summary>
    protected virtual IEnumerable<int> Seeds => Enumerable.Range(1, 8);

    /// <summary>MODL-01.</summary>
    [Fact, Guarantee("MODL-01")]
    public async Task Lists_of_random_homes_are_what_a_plain_model_says()
    {
        foreach (var seed in Seeds)
        {
            var home = new ModelHome(seed);
            await using var harness = CreateHarness();
            foreach (var thread in home.Threads)
                await harness.PutAsync(thread.Seed);
            await using var store = await harness.OpenAsync();
            for (var question = 0; question < 40; question++)
            {
                var query = home.Query();
                var expected = home.Answer(query);
                var actual = (await store.ListAllAsync(query, Cancellation)).Ids();
                Assert.True(
                    expected.SequenceEqual(actual),
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Seed {seed}, question {question}: {query} with sources [{string.Join(",", query.Sources)}], providers [{string.Join(",", query.ModelProviders)}], folders [{string.Join(",", query.Cwds)}]\nexpected {string.Join(" ", expected)}\nactual   {string.Join(" ", actual)}"
                    )
                );
            }
        }
    }

    /// <summary>MODL-02.</summary>
    [Fact, Guarantee("MODL-02")]
    public async Task Histories_of_random_logs_are_their_lines_whole_and_in_pages()
    {
        foreach (var seed in Seeds)
        {
            var random = new Random(seed);
            var log = SampleHome.Log(seed, SeedIds.Epoch);
            for (var step = random.Next(30); step > 0; step--)
                RandomLine(log, random);
            await using var harness = CreateHarness();
            await harness.PutAsync(log.ToSeed());
            await using var store = await harness.OpenAsync();

            var limit = random.Next(1, 10);
            var history = (await store.HistoryAsync(SeedIds.Id(seed), Cancellation)).Texts();
            var pages = (await store.AllItemsAsync(new ListItemsRequest(SeedIds.Id(seed)) { Limit = limit }, Cancellation)).Texts();
            Assert.True(log.Lines.Texts().SequenceEqual(history), $"Seed {seed}: the history is not the log.");
            Assert.True(history.SequenceEqual(pages), $"Seed {seed}: the pages of {limit} are not the history.");
            var back = await store.AllItemsAsync(
                new ListItemsRequest(SeedIds.Id(seed)) { Limit = limit, Direction = SortDirection.Descending },
                Cancellation
            );
            Assert.True(
                Enumerable.Reverse(back).Texts().SequenceEqual(history),
                $"Seed {seed}: the pages of {limit} that lead back are not the history."
            );
        }
    }

    static void RandomLine(RolloutLines log, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                log.Turn($"Question {random.Next()}");
                break;
            case 1:
                log.Item($"kind_{random.Next(3)}", $"{{\"n\":{random.Next()},\"s\":\"{new string('x', random.Next(3000))}\"}}");
                break;
            case 2:
                // Any bytes but line ends; a line of nothing is no line.
                var bytes = new byte[random.Next(1, 200)];
                random.NextBytes(bytes);
                log.Rubbish([.. bytes.Select(b => b is (byte)'\n' or (byte)'\r' ? (byte)'?' : b)]);
                break;
            case 3:
                log.Event("token_count", "\"info\":null,\"rate_limits\":null");
                break;
            default:
                log.StartTurn().UserMessage($"Unanswered {random.Next()}");
                break;
        }
    }
}
