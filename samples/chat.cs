#!/usr/bin/env dotnet
// A chat with a tool, which goes on after it was killed. Lines of the standard input are questions, and answers to the tool:
// dotnet run samples/chat.cs -- /tmp/some-home legacy
// It prints the id of its thread, with which it goes on where it was, in the middle of a turn too:
// dotnet run samples/chat.cs -- /tmp/some-home legacy 019ddd00-0000-7000-8000-000000000001
#:project ../src/Spool.Local/Spool.Local.csproj
using Spool;

if (args is not [var home, var mode, .. var last])
{
    Console.Error.WriteLine("usage: dotnet run samples/chat.cs -- HOME legacy|paginated [THREAD]");
    return 2;
}
await using var store = LocalThreadStore.Open(new() { Home = Path.GetFullPath(home), CacheDirectory = Path.GetTempPath() + "spool" });
var start = new StartRequest { Cwd = Environment.CurrentDirectory, Originator = "chat", Source = SessionSource.Cli, HistoryMode = mode };
await using var thread = last is [var id] ? await store.ContinueThreadAsync(ThreadId.Parse(id)) : await store.StartThreadAsync(start);
Console.WriteLine($"thread {thread.ThreadId}");
while (await Console.In.ReadLineAsync() is { } question)
{
    await using var turn = await thread.BeginTurnAsync(question);
    var unit = await turn.ToolCallAsync("ask_unit", "{}", async cancel =>
    {
        Console.WriteLine("In which unit?");
        return await Console.In.ReadLineAsync(cancel) ?? "Kelvin";
    });
    var messages = await thread.ReadMessagesAsync(); // what a model would get: this turn and all before
    var answer = $"It is 21 degrees {unit}; that was question {messages.Count(message => message.Role == MessageRoles.User)}.";
    await turn.AnswerAsync(answer);
    Console.WriteLine(answer);
}
return 0;
