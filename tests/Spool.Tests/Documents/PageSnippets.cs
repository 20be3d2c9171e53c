using Xunit;

namespace Spool.Tests;

#pragma warning disable CA1859, xUnit1051 // as a page shows it: any store, and no token of a test

/// <summary>The pieces of C# that pages show and that are no sample of their own. Architecture.Tests finds each of them here.</summary>
public sealed class PageSnippets
{
    [Fact]
    public async Task A_test_of_an_agent_needs_no_files()
    {
        await using var store = new InMemoryThreadStore();
        await using var thread = await store.StartThreadAsync(new StartRequest { Cwd = "/work", Originator = "my-test" });
        await using (var turn = await thread.BeginTurnAsync("Hello?"))
            await turn.AnswerAsync("Hello!");

        var turns = await store.ListTurnsAsync(new ListTurnsRequest(thread.ThreadId));
        Assert.Equal(TurnStatus.Completed, Assert.Single(turns.Items).Status);
    }

    [Fact]
    public async Task An_agent_decides_by_the_code_of_an_error()
    {
        await using var store = new InMemoryThreadStore();
        await using var thread = await store.StartThreadAsync(new StartRequest { Cwd = "/work", Originator = "my-test" });
        await using (var turn = await thread.BeginTurnAsync("Hello?"))
            await turn.AnswerAsync("Hello!");

        await ArchiveAsync(store, thread.ThreadId);
        await ArchiveAsync(store, ThreadId.New(TimeProvider.System));

        Assert.Null((await store.FindAsync(thread.ThreadId))!.ArchivedAt);
    }

    static async Task ArchiveAsync(IThreadStore store, ThreadId threadId)
    {
        try
        {
            await store.ArchiveAsync(threadId);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter)
        {
            Console.WriteLine($"in use by {e.Owner}, try later");
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound)
        {
            Console.WriteLine("it is gone");
        }
    }
}
