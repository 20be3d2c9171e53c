#!/usr/bin/env dotnet
// An agent's first thread: it starts one, or goes on with the one whose id is given; docs/start-agent.md walks through it:
// dotnet run samples/agent.cs -- /tmp/some-home
#:project ../src/Spool.Local/Spool.Local.csproj
using Spool;

if (args is not [var home, .. var last] || last.Length > 1)
{
    Console.Error.WriteLine("usage: HOME [THREAD]");
    return 2;
}

await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions
{
    Home = Path.GetFullPath(home), // made with the first thread if it is not there
    CacheDirectory = Path.Join(Path.GetTempPath(), "my-agent"), // the index goes here; it can be deleted at any time
});

// A thread is started once, and continued by every later process.
var start = new StartRequest
{
    Cwd = Environment.CurrentDirectory,
    Originator = "my-agent",
    Source = SessionSource.Custom("my-agent"), // lists can be filtered by it: ThreadQuery.Sources
};
await using var thread = last is [var id] ? await store.ContinueThreadAsync(ThreadId.Parse(id)) : await store.StartThreadAsync(start);

// A turn is a question, what the agent does, and an answer. Each call returns when its items are stored.
await using (var turn = await thread.BeginTurnAsync("What is the weather in Bern?"))
{
    var weather = await turn.ToolCallAsync("get_weather", """{"city":"Bern"}""", _ => ValueTask.FromResult("21 degrees"));
    await turn.AnswerAsync($"It is {weather}.");
}

// The next call of the model is made of these.
foreach (var message in await thread.ReadMessagesAsync())
{
    Console.WriteLine($"{message.Role}: {message.Text}");
    foreach (var call in message.ToolCalls)
        Console.WriteLine($"  {call.Name} {call.Arguments} gave {call.Output}");
}
await thread.ShutDownAsync(); // stores pending items and gives the right to write back
Console.WriteLine($"thread {thread.ThreadId}");
return 0;
