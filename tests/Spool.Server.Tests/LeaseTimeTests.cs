using Spool.TestKit;

namespace Spool.Server.Tests;

/// <summary>When a lease that nobody renews ends.</summary>
public sealed class LeaseTimeTests
{
    [Fact, Guarantee("REMO-78")]
    public async Task A_lease_that_nobody_renews_is_given_back_within_a_second_of_its_time()
    {
        var time = new ManualTime();
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory, options => options with { Time = time });
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        time.Advance(TimeSpan.FromSeconds(1.5)); // not when the server looks
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        await server.Spool.AppendAsync(Given.Append(thread, lease, "one"));
        var resume = new ResumeRequest(ThreadId.Parse(thread));

        time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(
            ThreadStoreErrorCode.HasWriter,
            (await Assert.ThrowsAsync<ThreadStoreException>(async () => await memory.ResumeAsync(resume, Given.Cancellation))).Code
        );
        time.Advance(TimeSpan.FromSeconds(1.1));

        // Another program has it.
        await using var other = await memory.ResumeAsync(resume, Given.Cancellation);
        Assert.Equal(2, other.NextOrdinal);
    }
}
