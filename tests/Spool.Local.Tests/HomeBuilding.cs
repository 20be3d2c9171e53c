using System.Globalization;
using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>Puts rollouts into a home, under the names that Codex gives them.</summary>
static class HomeBuilding
{
    public static string PathOf(ThreadId threadId, DateTimeOffset created, ThreadId? rollout = null) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"sessions/{created:yyyy/MM/dd}/rollout-{created:yyyy-MM-dd'T'HH-mm-ss}-{threadId}{(rollout is { } own ? $"_{own}" : "")}.jsonl"
        );

    public static string Put(this TempHome home, RolloutLines lines, ThreadId? rollout = null)
    {
        var seed = lines.ToSeed();
        return home.Write(PathOf(seed.Id, seed.CreatedAt, rollout), seed.ToLog());
    }

    public static async Task<List<StoredThread>> EverythingAsync(this IThreadStore store) =>
        await store.ListAllAsync(
            new ThreadQuery
            {
                Archive = ArchiveFilter.Any,
                Visibility = ThreadVisibility.All,
                Limit = 1000,
            },
            TestContext.Current.CancellationToken
        );

    public static async Task<List<StoredThread>> EverythingAsync(this TempHome home)
    {
        await using var store = home.Open();
        return await store.EverythingAsync();
    }

    public static ThreadId Id(int number) => SeedIds.Id(number);

    public static DateTimeOffset At(int minutes) => SeedIds.Epoch.AddMinutes(minutes);

    public static RolloutLines Legacy(int number, string question = "hello") => RolloutLines.Legacy(Id(number), At(number)).Turn(question);

    public static RolloutLines Paginated(int number, string question = "hello") =>
        RolloutLines.Paginated(Id(number), At(number)).Turn(question);
}
