#!/usr/bin/env dotnet
// What a program does with a store, in the order in which it comes to need it; docs/library.md walks through it:
// dotnet run samples/library.cs -- /tmp/some-home
#:project ../src/Spool.Local/Spool.Local.csproj
using Spool;

if (args is not [var home])
{
    Console.Error.WriteLine("usage: dotnet run samples/library.cs -- HOME");
    return 2;
}

// Opens a home. It is made with the first thread if it is not there.
await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions
{
    Home = Path.GetFullPath(home),
    CacheDirectory = Path.Join(Path.GetTempPath(), "spool-sample"), // the index goes here
});

// Creates a thread. Its id is made here, so that a repeated call makes no second thread.
var id = ThreadId.New(TimeProvider.System);
var meta = new SessionMeta(id, DateTimeOffset.UtcNow) { Cwd = Environment.CurrentDirectory, Originator = "sample", CliVersion = "1.0" };
await using (var writer = await store.CreateAsync(new CreateRequest(id, meta.ToItem())))
{
    // Appends two turns. Entries know which items a log has for them; the receipt says where these are.
    for (var turn = 1; turn <= 2; turn++)
    {
        var place = new EntryPlace(id, writer.HistoryMode, $"turn-{turn}", DateTimeOffset.UtcNow);
        ThreadEntry[] entries =
        [
            new TurnStartedEntry(),
            new UserMessageEntry($"Question {turn}"),
            new AssistantMessageEntry($"Answer {turn}"),
            new TurnEndedEntry(place.Time) { Answer = $"Answer {turn}" },
        ];
        var receipt = await writer.AppendAsync(new AppendRequest([.. entries.SelectMany(entry => entry.ToItems(place))])
        {
            Durability = Durability.Fsynced, // acknowledged means: it survives a loss of power
            ExpectedOrdinal = writer.NextOrdinal, // sent again, it is stored once
        });
        Console.WriteLine($"turn {turn}: {receipt.Count} items, the first is {receipt.FirstOrdinal}");
    }

    // A thread has one writer. Programs decide by the code of an error; its message is for people.
    try
    {
        await store.UpdateAsync(id, new ThreadPatch { Name = Change.To("Too early") });
    }
    catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
    {
        Console.WriteLine($"refused: {e.Message}");
    }
    await writer.ShutDownAsync(); // stores pending items, or throws; what a mere disposal cannot store is lost
}

// Renames it, now that it has no writer.
await store.UpdateAsync(id, new ThreadPatch { Name = Change.To("A thread of the library") });

// Reads its items in pages; the cursor of a page leads to the next one, and the last page has none.
for (var request = new ListItemsRequest(id) { Limit = 5 }; ;)
{
    var page = await store.ListItemsAsync(request);
    foreach (var item in page.Items)
        Console.WriteLine($"{item.Ordinal,4}  {item.PayloadType ?? item.Type}");
    if (page.NextCursor is not { } next)
        break;
    request = request with { Cursor = next };
}

// Reads its turns, the newest first. An enumeration asks for pages by itself, each when it is wanted.
Turn? newest = null;
await foreach (var turn in store.EnumerateAsync(new ListTurnsRequest(id) { Direction = SortDirection.Descending }))
{
    newest ??= turn;
    Console.WriteLine($"{turn.Id}: {turn.Status}, {turn.Items.Count} items");
}

// Forks it: a thread of its own that has the history before the newest turn, and that the caller gives an id.
var fork = await store.ForkAsync(new ForkRequest(id, ThreadId.New(TimeProvider.System)) { Point = ForkPoint.Before(newest!.Id) });
foreach (var warning in fork.Warnings)
    Console.Error.WriteLine(warning);
Console.WriteLine($"{fork.Thread.Id} begins as {fork.Thread.ForkedFromId} did: {fork.Thread.Preview}");

// What is not there is an error with a code as well, but for FindAsync, which gives null.
try
{
    await store.ArchiveAsync(ThreadId.New(TimeProvider.System));
}
catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound)
{
    Console.WriteLine($"refused: {e.Message}");
}
return 0;
