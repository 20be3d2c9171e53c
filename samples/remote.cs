#!/usr/bin/env dotnet
// Writes a thread through a server and reads it back. First, in another terminal: ./spool serve
// dotnet run samples/remote.cs -- http://127.0.0.1:7070
// With a pause of so many seconds after each append there is time to stop the server and to start it again: the appends wait, and go on by themselves.
// dotnet run samples/remote.cs -- http://127.0.0.1:7070 2
#:project ../src/Spool.Remote/Spool.Remote.csproj
using Spool;
using Spool.Remote;

var seconds = 0.0;
if (args.Length is 0 or > 2 || !Uri.TryCreate(args[0], UriKind.Absolute, out var address)
    || (args.Length == 2 && !double.TryParse(args[1], System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out seconds)))
{
    Console.Error.WriteLine("usage: dotnet run samples/remote.cs -- http://HOST:PORT [SECONDS]");
    return 2;
}

var options = new RemoteThreadStoreOptions(address)
{
    Token = Environment.GetEnvironmentVariable("SPOOL_TOKEN"),
    TrustedAuthorities = Environment.GetEnvironmentVariable("SPOOL_CA") is { Length: > 0 } file ? File.ReadAllText(file) : null, // for a certificate that the system does not trust
    // In the error of others who want to write the same thread.
    Owner = new WriterOwner(Environment.MachineName, Environment.ProcessId, "sample", null),
};

RemoteThreadStore store;
try
{
    store = new RemoteThreadStore(options);
    await store.ConnectAsync(); // the first call would connect too; here it is known at once whether that works
}
catch (ThreadStoreException e)
{
    Console.Error.WriteLine($"{address}: {e.Message} ({e.Code})"); // no server there, a wrong token, a certificate that is not trusted
    return 1;
}
await using var closing = store;

var pause = TimeSpan.FromSeconds(seconds);
var id = ThreadId.New(TimeProvider.System);
var meta = new SessionMeta(id, DateTimeOffset.UtcNow) { Cwd = Environment.CurrentDirectory, Originator = "sample", CliVersion = "1.0" };
await using (var writer = await store.CreateAsync(new CreateRequest(id, meta.ToItem())))
{
    for (var i = 0; i < 10; i++)
    {
        var place = new EntryPlace(id, writer.HistoryMode, "turn", DateTimeOffset.UtcNow);
        var receipt = await writer.AppendAsync(new AppendRequest(new UserMessageEntry($"question {i}").ToItems(place)));
        Console.WriteLine($"stored as {receipt.FirstOrdinal}");
        await Task.Delay(pause);
    }
    await writer.ShutDownAsync();
}
await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(id)))
    Console.WriteLine($"{item.Ordinal,4}  {item.PayloadType ?? item.Type}");
return 0;
