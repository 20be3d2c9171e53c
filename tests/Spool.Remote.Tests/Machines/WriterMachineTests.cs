using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>The client's side of the writer's protocol alone, where the simulation comes by chance at most.</summary>
public sealed class WriterMachineTests
{
    static readonly ThreadId ThreadId = ThreadId.Parse("01a20429-47e7-79e3-b1f6-b2ac9f1be601");

    static readonly WriterFailure Broken = new(
        WriterFailureKind.Passing,
        new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the connection broke")
    );

    static readonly WriterFailure Busy = new(
        WriterFailureKind.Busy,
        ThreadStoreException.Busy("the server is at a limit", TimeSpan.FromSeconds(1))
    );

    static readonly WriterFailure NotAllowed = new(
        WriterFailureKind.NotAllowed,
        new ThreadStoreException(ThreadStoreErrorCode.Unauthenticated, "a valid token is needed")
    );

    static readonly WriterFailure Held = new(
        WriterFailureKind.Refused,
        ThreadStoreException.HasWriter(ThreadId, new WriterOwner("box", 7, "other", null))
    );

    static readonly WriterFailure Away = new(
        WriterFailureKind.Refused,
        new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the store cannot be used now")
    );

    static readonly WriterFailure Lost = new(WriterFailureKind.Refused, ThreadStoreException.WriterLost("lost"));

    readonly List<int> _pauses = [];
    readonly WriterMachine _machine;
    TimeSpan _now;

    public WriterMachineTests() => _machine = new WriterMachine(ThreadId, new WriterLimits { Pause = Pause }, 1, isStored: false, _now);

    [Theory, InlineData(false), InlineData(true)]
    public void A_shut_down_without_an_answer_is_not_called_done_when_another_writer_has_the_thread(bool wasUnsent)
    {
        var shutDown = Call(new ControlCall(ControlKind.ShutDown, null, _now));
        _machine.Released(Next(WriterStepKind.Release).Number, Broken with { IsUnsent = wasUnsent }, _now);
        while (!_machine.IsOver)
            _machine.OpenFailed(Opening().Number, Held, _now);

        Assert.Equal(wasUnsent ? ThreadStoreErrorCode.WriterLost : ThreadStoreErrorCode.OutcomeUnknown, ErrorOf(shutDown));
        Assert.Equal(wasUnsent, IsLost());
    }

    [Theory, InlineData(nameof(ControlKind.ShutDown)), InlineData(nameof(ControlKind.Discard))]
    public void Whoever_ends_a_writer_that_another_call_has_ended_is_told_that_it_is_done(string first)
    {
        var ending = Call(new ControlCall(Enum.Parse<ControlKind>(first), null, _now));
        var append = Append(1);
        var behind = Call(new ControlCall(ControlKind.ShutDown, null, _now));
        _machine.Released(Next(WriterStepKind.Release).Number, null, _now);
        var late = Call(new ControlCall(ControlKind.Discard, null, _now));

        var results = new List<WriterResult>();
        while (_machine.TryTakeResult(out var result))
            results.Add(result);
        Assert.Equal([ending, behind, append, late], results.Select(result => result.Call));
        Assert.Equal([append], results.Where(result => result.Error is not null).Select(result => result.Call));
    }

    [Fact]
    public void A_writer_that_may_not_write_tries_ever_less_often()
    {
        Append(1);
        Next(WriterStepKind.Send);
        _now += TimeSpan.FromSeconds(5);
        _machine.StreamFailed(1, NotAllowed, _now);
        for (var i = 0; i < 20; i++)
            _machine.OpenFailed(Opening().Number, NotAllowed, _now);

        Assert.Equal(Enumerable.Range(0, 21), _pauses);
    }

    [Fact]
    public void A_server_that_takes_long_to_say_that_it_is_busy_is_not_waited_for_longer_than_any_other()
    {
        var append = Append(1);
        for (var i = 0; i < 100 && !_machine.IsOver; i++)
        {
            var number = Next(WriterStepKind.Send).Number;
            _now += TimeSpan.FromSeconds(2);
            _machine.StreamFailed(number, Busy, _now);
            _now = _machine.WakeAt ?? _now;
            _machine.Tick(_now);
            if (!_machine.IsOver)
                _machine.Opened(Next(WriterStepKind.Open).Number, 1, false, _now);
        }

        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, ErrorOf(append));
        Assert.InRange(_now, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70));
    }

    [Fact]
    public void What_a_server_lost_is_sent_once_more_when_it_was_too_busy_to_take_it()
    {
        Append(1);
        Next(WriterStepKind.Send);
        _machine.Answered(1, new AppendReceipt(1, 1) { IsStored = false }, null, null, _now);
        Append(2);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Broken, _now);
        for (var stream = 2; stream < 4; stream++)
        {
            _machine.Opened(Opening().Number, 1, false, _now);
            Assert.Equal([1, 2], [Sent(stream), Sent(stream)]);
            _machine.StreamFailed(stream, Busy, _now);
        }

        int Sent(int stream)
        {
            var step = Next(WriterStepKind.Send);
            Assert.Equal(stream, step.Number);
            return SimItems.NumberOf(step.Message!.Items.Single());
        }
    }

    [Theory, InlineData(2), InlineData(1)]
    public void An_update_that_is_refused_for_its_ordinal_has_lost_the_right_to_write_where_the_log_is_longer_than_it_was(long nextOrdinal)
    {
        var update = Call(new ControlCall(ControlKind.Update, null, _now));
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Wrong(nextOrdinal), _now);

        Assert.Equal(nextOrdinal == 2 ? ThreadStoreErrorCode.WriterLost : ThreadStoreErrorCode.WrongOrdinal, ErrorOf(update));
        Assert.Equal(nextOrdinal == 2, IsLost());
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Whoever_has_no_longer_the_right_to_write_has_lost_it_whatever_was_refused(bool isUpdate)
    {
        WriterCall call = isUpdate ? Call(new ControlCall(ControlKind.Update, null, _now)) : Append(1);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Lost, _now);

        Assert.Equal(ThreadStoreErrorCode.WriterLost, ErrorOf(call));
        Assert.True(IsLost());
    }

    [Fact]
    public void An_update_whose_refusal_does_not_say_where_the_log_ends_is_sent_again()
    {
        var update = Call(new ControlCall(ControlKind.Update, null, _now));
        for (var stream = 1; stream < 4; stream++)
        {
            Assert.Same(update, Next(WriterStepKind.Send).Message!.Control);
            _machine.StreamFailed(
                stream,
                new WriterFailure(WriterFailureKind.Refused, new ThreadStoreException(ThreadStoreErrorCode.WrongOrdinal, "refused")),
                _now
            );
            _machine.Opened(Opening().Number, 1, false, _now);
        }
        Assert.False(_machine.TryTakeResult(out _));
    }

    [Fact]
    public void A_wrong_ordinal_that_was_the_next_one_loses_the_right_to_write_though_its_caller_named_it()
    {
        var append = Call(new AppendCall(new AppendRequest([SimItems.Of(1), SimItems.Of(2)]) { ExpectedOrdinal = 1 }, _now));
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Broken, _now);
        _machine.Opened(Opening().Number, 3, true, _now);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(2, Wrong(3), _now);

        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, ErrorOf(append));
        Assert.True(IsLost());
    }

    [Fact]
    public void What_was_refused_together_with_others_may_be_stored_still()
    {
        Append(1);
        Next(WriterStepKind.Send);
        Append(-2);
        _machine.StreamFailed(1, Broken, _now);
        _machine.Opened(Opening().Number, 2, true, _now);
        Assert.Equal(2, Next(WriterStepKind.Send).Message!.Calls.Count);
        _machine.StreamFailed(
            2,
            new WriterFailure(WriterFailureKind.Refused, new ThreadStoreException(ThreadStoreErrorCode.InvalidRequest, "refused")),
            _now
        );
        Assert.Single(Next(WriterStepKind.Send).Message!.Calls);
        _machine.StreamFailed(3, NotAllowed, _now);

        Assert.False(_machine.TryTakeResult(out _));
    }

    [Fact]
    public void A_store_that_cannot_be_used_refuses_what_was_not_kept_and_the_writer_goes_on()
    {
        var append = Append(1);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Away, _now);

        Assert.Equal(ThreadStoreErrorCode.Unavailable, ErrorOf(append));
        Append(2);
        Assert.Equal(1, Next(WriterStepKind.Send).Message!.FirstOrdinal);
        Assert.False(IsLost());
    }

    [Fact]
    public void What_may_be_stored_is_sent_again_until_the_store_can_be_used()
    {
        var append = Append(1);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Broken, _now);
        _machine.OpenFailed(Opening().Number, Away, _now);
        _machine.Opened(Opening().Number, 1, false, _now);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(2, Away, _now);
        _machine.Opened(Opening().Number, 1, false, _now);
        Next(WriterStepKind.Send);
        _machine.Answered(3, new AppendReceipt(1, 1), null, null, _now);

        Assert.True(_machine.TryTakeResult(out var result));
        Assert.Same(append, result.Call);
        Assert.Null(result.Error);
    }

    [Fact]
    public void What_holds_the_thread_is_waited_for_anew_after_a_time_in_which_nobody_could_say_who_does()
    {
        Append(1);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Broken, _now);
        _machine.OpenFailed(Opening().Number, Held, _now);
        for (var i = 0; i < 20; i++)
            _machine.OpenFailed(Opening().Number, Broken, _now);
        _machine.OpenFailed(Opening().Number, Held, _now);

        Assert.False(_machine.IsOver);
    }

    [Fact, Guarantee("REMO-93")]
    public void What_holds_the_thread_is_looked_at_often_and_stays_only_if_it_was_there_when_it_was_asked_for_that_long()
    {
        var append = Append(1);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Broken, _now);
        _machine.OpenFailed(Opening().Number, Held, _now);
        var since = _now;
        while (_now - since < TimeSpan.FromSeconds(1.5))
        {
            var before = _now;
            _machine.OpenFailed(Opening().Number, Held, _now);
            Assert.InRange(_now - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
        }
        var late = Opening().Number;
        _now += TimeSpan.FromSeconds(5); // the answer is that old
        _machine.OpenFailed(late, Held, _now);

        Assert.False(_machine.IsOver);
        _machine.OpenFailed(Opening().Number, Held, _now);
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, ErrorOf(append));
        Assert.True(IsLost());
    }

    [Fact, Guarantee("REMO-94")]
    public void As_many_items_as_only_the_server_had_in_memory_are_not_taken_for_them()
    {
        Unstored(2);
        _machine.StreamFailed(1, Broken, _now);
        _machine.Opened(Opening().Number, 3, true, _now);
        Assert.Equal(1, Next(WriterStepKind.Send).Message!.FirstOrdinal);
        _machine.StreamFailed(2, Wrong(3), _now); // another program wrote them

        Assert.True(_machine.IsOver);
        Assert.True(IsLost());
    }

    [Fact, Guarantee("REMO-95")]
    public void What_only_a_server_of_before_had_in_memory_is_sent_again_though_its_successor_knows_the_lease()
    {
        Unstored(2);
        var append = Append(3);
        Next(WriterStepKind.Send);
        _machine.StreamFailed(1, Wrong(1), _now);
        _machine.Opened(Opening().Number, 1, false, _now);
        Assert.Equal(1, Next(WriterStepKind.Send).Message!.FirstOrdinal);
        _machine.Answered(2, new AppendReceipt(1, 2) { IsStored = false }, null, null, _now);
        Assert.Equal(3, Next(WriterStepKind.Send).Message!.FirstOrdinal);
        _machine.Answered(2, new AppendReceipt(3, 1), null, null, _now);

        Assert.True(_machine.TryTakeResult(out var result));
        Assert.Same(append, result.Call);
        Assert.Null(result.Error);
        Assert.False(IsLost());
    }

    [Fact, Guarantee("REMO-96")]
    public void What_is_sent_again_of_what_only_memory_had_is_kept_until_all_of_it_is_there()
    {
        Unstored(5000); // more than one message
        _machine.StreamFailed(1, Broken, _now);
        _machine.Opened(Opening().Number, 1, false, _now);
        Assert.Equal(4096, Next(WriterStepKind.Send).Message!.Items.Count);
        Next(WriterStepKind.Send);
        _machine.Answered(2, new AppendReceipt(1, 4096), null, null, _now);
        _machine.StreamFailed(2, Broken, _now);
        _machine.Opened(Opening().Number, 4097, true, _now);

        Assert.Equal(1, Next(WriterStepKind.Send).Message!.FirstOrdinal);
        Assert.Equal(4097, Next(WriterStepKind.Send).Message!.FirstOrdinal);
        _machine.Answered(3, new AppendReceipt(1, 4096), null, null, _now);
        _machine.Answered(3, new AppendReceipt(4097, 904), null, null, _now);
        _machine.StreamFailed(3, Broken, _now);
        _machine.Opened(Opening().Number, 5001, true, _now);
        Assert.False(_machine.TryTakeStep(out _));
        Assert.False(_machine.IsOver);
    }

    [Fact, Guarantee("REMO-98")]
    public void What_was_sent_when_the_store_is_disposed_is_of_unknown_outcome_and_only_what_was_not_is_misuse()
    {
        var sent = Append(1);
        Next(WriterStepKind.Send);
        var unsent = Append(2);
        _machine.StoreDisposed();
        var late = Append(3);

        var results = new Dictionary<WriterCall, Exception?>();
        while (_machine.TryTakeResult(out var result))
            results.Add(result.Call, result.Error);
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, Assert.IsType<ThreadStoreException>(results[sent]).Code);
        Assert.IsType<ObjectDisposedException>(results[unsent]);
        Assert.IsType<ObjectDisposedException>(results[late]);
    }

    // Appends that the server acknowledged and has in its memory only.
    void Unstored(int count)
    {
        Call(new AppendCall(new AppendRequest([.. Enumerable.Range(1, count).Select(SimItems.Of)]), _now));
        Next(WriterStepKind.Send);
        _machine.Answered(1, new AppendReceipt(1, count) { IsStored = false }, null, null, _now);
        Assert.True(_machine.TryTakeResult(out _));
    }

    static WriterFailure Wrong(long next) => new(WriterFailureKind.Refused, ThreadStoreException.WrongOrdinal(ThreadId, 1, next));

    TimeSpan Pause(int attempt)
    {
        _pauses.Add(attempt);
        return TimeSpan.FromMilliseconds(500);
    }

    AppendCall Append(int number) => Call(new AppendCall(new AppendRequest([SimItems.Of(number)]), _now));

    TCall Call<TCall>(TCall call)
        where TCall : WriterCall
    {
        _machine.Add(call);
        return call;
    }

    WriterStep Next(WriterStepKind kind)
    {
        Assert.True(_machine.MayHaveStep, "nobody is woken");
        Assert.True(_machine.TryTakeStep(out var step));
        Assert.Equal(kind, step.Kind);
        return step;
    }

    WriterStep Opening()
    {
        _now = Assert.NotNull(_machine.WakeAt);
        _machine.Tick(_now);
        return Next(WriterStepKind.Open);
    }

    ThreadStoreErrorCode ErrorOf(WriterCall call)
    {
        Assert.True(_machine.TryTakeResult(out var result));
        Assert.Same(call, result.Call);
        return Assert.IsType<ThreadStoreException>(result.Error).Code;
    }

    bool IsLost()
    {
        while (_machine.TryTakeSignal(out var signal))
        {
            if (signal.Kind == WriterStepKind.Lose)
                return true;
        }
        return false;
    }
}
