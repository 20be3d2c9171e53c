#!/usr/bin/env dotnet
// Prints the ten threads that were used last, and the newest turn of each:
// dotnet run samples/list.cs -- ~/.codex
#:project ../src/Spool.Local/Spool.Local.csproj
using Spool;

if (args is not [var home])
{
    Console.Error.WriteLine("usage: dotnet run samples/list.cs -- HOME");
    return 2;
}
if (!Directory.Exists(home))
{
    Console.Error.WriteLine($"There is no folder {Path.GetFullPath(home)}.");
    return 2;
}

var options = new LocalThreadStoreOptions
{
    Home = Path.GetFullPath(home),
    CacheDirectory = Path.Join(Path.GetTempPath(), "spool-sample"), // the index goes here; nothing is written to the home
};
await using var store = LocalThreadStore.Open(options);

var page = await store.ListAsync(new ThreadQuery { Sort = ThreadSort.Recency, Limit = 10 });
foreach (var thread in page.Items)
{
    Console.WriteLine($"{thread.RecencyAt:u}  {thread.Id}  {thread.Name ?? thread.Preview}");
    var newest = await store.ListTurnsAsync(new ListTurnsRequest(thread.Id) { Limit = 1, Direction = SortDirection.Descending });
    foreach (var turn in newest.Items)
        Console.WriteLine($"    {turn.Status}: {turn.Items.Count} items");
}
return 0;
