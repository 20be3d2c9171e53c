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

var request = new StartRequest { Cwd = Environment.CurrentDirectory, Originator = "sample" };
ThreadId id;
await using (var thread = await store.StartThreadAsync(request))
{
    id = thread.ThreadId;
    await using (var turn = await thread.BeginTurnAsync("What is a rollout?"))
        await turn.AnswerAsync("The file that holds a thread.");
    await thread.FlushAsync(Durability.Fsynced); // from here on it survives a loss of power
    await thread.UpdateAsync(new ThreadPatch { Name = Change.To("A first thread") });
    await thread.ShutDownAsync(); // stores pending items, or throws; what a mere disposal cannot store is lost
}

await using (var thread = await store.ContinueThreadAsync(id))
{
    Console.WriteLine($"{thread.Facts.Name}: {thread.NextOrdinal} items");
    foreach (var message in await thread.ReadMessagesAsync())
        Console.WriteLine($"{message.Role}: {message.Text}");
}
return 0;
