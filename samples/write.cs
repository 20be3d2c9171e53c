#!/usr/bin/env dotnet
// Starts a thread, appends a turn to it, names it, and goes on with it as another program would:
// dotnet run samples/write.cs -- /tmp/some-home
#:project ../src/Spool.Local/Spool.Local.csproj
using Spool;

if (args is not [var home])
{
    Console.Error.WriteLine("usage: dotnet run samples/write.cs -- HOME");
    return 2;
}

await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions
{
    Home = Path.GetFullPath(home), // any folder; a home that Codex uses works as well
    CacheDirectory = Path.Join(Path.GetTempPath(), "spool-sample"),
});

var id = ThreadId.New(TimeProvider.System);
var meta = new SessionMeta(id, DateTimeOffset.UtcNow) { Cwd = Environment.CurrentDirectory, Originator = "sample", CliVersion = "1.0", ModelProvider = "openai" };

// Until it is committed, a start that fails leaves nothing behind.
await using (var start = await LiveThreadStart.CreateAsync(store, new CreateThread(id, meta.ToItem())))
await using (var thread = start.Commit())
{
    await thread.AppendAsync([Event("task_started", "\"turn_id\":\"turn-1\""), Event("user_message", "\"message\":\"What is a rollout?\"")]);
    await thread.AppendAsync([Event("agent_message", "\"message\":\"The file that holds a thread.\""), Event("task_complete", "\"turn_id\":\"turn-1\",\"last_agent_message\":null")]);
    await thread.FlushAsync(Durability.Fsynced); // from here on it survives a loss of power
    await thread.UpdateAsync(new ThreadPatch { Name = Change.To("A first thread") });
    await thread.ShutDownAsync();
}

await using (var start = await LiveThreadStart.ResumeAsync(store, new ResumeThread(id)))
await using (var thread = start.Commit())
{
    Console.WriteLine($"{thread.Facts.Name}: {thread.NextOrdinal} items");
    await foreach (var item in thread.LoadHistoryAsync())
        Console.WriteLine($"{item.Ordinal,4}  {item.PayloadType ?? item.Type}");
}
return 0;

static NewItem Event(string type, string members) => NewItem.FromJson("event_msg", $$"""{"type":"{{type}}",{{members}}}""");
