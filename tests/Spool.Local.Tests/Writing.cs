using System.Text;

namespace Spool.Local.Tests;

/// <summary>What tests of writing share.</summary>
static class Writing
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static SessionMeta Meta(int number, string historyMode = HistoryModes.Legacy) =>
        new(HomeBuilding.Id(number), HomeBuilding.At(number))
        {
            Cwd = "/work",
            Originator = "test",
            CliVersion = "1.0.0",
            HistoryMode = historyMode,
        };

    public static async Task<IThreadWriter> CreateAsync(this IThreadStore store, int number, string historyMode = HistoryModes.Legacy) =>
        await store.CreateAsync(new CreateRequest(HomeBuilding.Id(number), Meta(number, historyMode).ToItem()), Stop);

    public static async Task<IThreadWriter> ResumeAsync(this IThreadStore store, int number) =>
        await store.ResumeAsync(new ResumeRequest(HomeBuilding.Id(number)), Stop);

    public static NewItem Message(string text) => NewItem.FromJson("event_msg", $$"""{"type":"user_message","message":"{{text}}"}""");

    public static AppendRequest Items(params string[] texts) => new([.. texts.Select(Message)]);

    public static async Task<List<string>> StoredAsync(this IThreadStore store, int number)
    {
        var payloads = new List<string>();
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(HomeBuilding.Id(number)), Stop))
        {
            if (item.Kind == RolloutItemKind.Event)
                payloads.Add(System.Text.Json.JsonDocument.Parse(item.Payload).RootElement.GetProperty("message").GetString()!);
        }
        return payloads;
    }

    public static string[] Files(this TempHome home) =>
        [
            .. Directory
                .EnumerateFiles(home.Path, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(home.Path, path))
                .Order(StringComparer.Ordinal),
        ];

    public static string[] Rollouts(this TempHome home) =>
        [.. home.Files().Where(path => path.StartsWith("sessions/", StringComparison.Ordinal))];

    public static string Text(this TempHome home, string relative) => File.ReadAllText(Path.Combine(home.Path, relative), Encoding.UTF8);

    public static async Task<ThreadStoreException> RefusedAsync(ThreadStoreErrorCode code, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<ThreadStoreException>(call);
        Assert.Equal(code, error.Code);
        return error;
    }
}
