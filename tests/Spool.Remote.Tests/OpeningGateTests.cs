using System.Net;
using System.Net.Sockets;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Writers that are opened again go a few at a time.</summary>
public sealed class OpeningGateTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-57")]
    public async Task Writers_are_opened_again_a_few_at_a_time_and_in_the_order_in_which_they_asked()
    {
        var gate = new OpeningGate(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(2), TimeProvider.System);
        for (var i = 0; i < OpeningGate.Width; i++)
            Assert.True(await gate.EnterAsync(Cancellation));
        using var cancelling = new CancellationTokenSource();
        var left = gate.EnterAsync(cancelling.Token).AsTask();
        var waiting = Enumerable.Range(0, 20).Select(_ => gate.EnterAsync(Cancellation).AsTask()).ToList();
        await cancelling.CancelAsync();
        await Task.WhenAny(left);
        Assert.True(left.IsCanceled);

        foreach (var next in waiting)
        {
            Assert.False(next.IsCompleted);
            gate.Leave(OpeningOutcome.Answered);
            Assert.True(await next);
        }
    }

    [Fact, Guarantee("REMO-58")]
    public async Task Whoever_waits_while_nothing_is_opened_is_told_so_and_keeps_nobody_out()
    {
        var gate = new OpeningGate(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), TimeProvider.System);
        for (var i = 0; i < OpeningGate.Width; i++)
            Assert.True(await gate.EnterAsync(Cancellation));

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => gate.EnterAsync(Cancellation).AsTask())), Assert.False);

        gate.Leave(OpeningOutcome.Answered);
        Assert.True(await gate.EnterAsync(Cancellation));
    }

    [Fact, Guarantee("REMO-59")]
    public async Task While_the_server_does_not_answer_one_writer_at_a_time_tries()
    {
        var gate = new OpeningGate(TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(40), TimeProvider.System);
        for (var i = 0; i < OpeningGate.Width; i++)
            Assert.True(await gate.EnterAsync(Cancellation));
        var waiting = Enumerable.Range(0, 40).Select(_ => gate.EnterAsync(Cancellation).AsTask()).ToList();
        for (var i = 0; i < OpeningGate.Width; i++)
            gate.Leave(OpeningOutcome.Unanswered);

#pragma warning disable VSTHRD003 // begun above
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await waiting[i]);
            Assert.False(waiting[i + 1].IsCompleted);
            gate.Leave(OpeningOutcome.Unanswered);
        }
        Assert.True(await waiting[5]);
#pragma warning restore VSTHRD003
        gate.Leave(OpeningOutcome.Answered);

        await Task.WhenAll(waiting[6..(6 + OpeningGate.Width)]);
        Assert.False(waiting[6 + OpeningGate.Width].IsCompleted);
    }

    [Fact, Guarantee("REMO-62")]
    public async Task A_writer_that_is_given_up_while_it_is_opened_keeps_no_other_one_waiting()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var connection = new RemoteConnection(
            new RemoteThreadStoreOptions(new Uri($"http://{silent.LocalEndpoint}")) { Time = new StoppedTime(), CloseFor = TimeSpan.Zero }
        );
        var lease = new WriterLease(connection, new ResumeRequest(ThreadId.New(TimeProvider.System)));
        using var givingUp = new CancellationTokenSource();
        var opening = Assert.ThrowsAnyAsync<Exception>(() => lease.OpenAgainAsync(OpenAgain.Resume, 1, givingUp.Token));
        await givingUp.CancelAsync();
        await opening;

        var next = Enumerable.Range(0, OpeningGate.Width).Select(_ => connection.Openings.EnterAsync(Cancellation).AsTask());
        Assert.All(next, entered => Assert.True(entered.IsCompletedSuccessfully));
    }

    // No pause ever ends.
    sealed class StoppedTime : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
